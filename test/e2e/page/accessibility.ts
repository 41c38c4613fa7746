import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";

/** What an accessibility check found. */
export interface Findings {
  /** Each broken rule with the markup that breaks it. */
  readonly violations: readonly string[];
  /** What the checker could not decide. */
  readonly undecided: readonly string[];
  /** Rules that something on the page was held against, and kept. */
  readonly kept: readonly string[];
}

/** Holds a page against WCAG 2.0 to 2.2, A and AA, and the checker's best practices. */
export async function checkAccessibility(page: Page): Promise<Findings> {
  const { violations, incomplete, passes } = await new AxeBuilder({ page })
    .options({ rules: { "target-size": { enabled: true } } })
    .analyze();
  const told = (results: typeof violations) =>
    results.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
  return {
    violations: told(violations),
    undecided: told(incomplete),
    kept: passes.map(({ id }) => id),
  };
}
