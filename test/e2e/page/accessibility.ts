import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";

/** The results of an accessibility check. */
export interface Findings {
  /** Each violated rule with the markup that violates it. */
  readonly violations: readonly string[];
  /** Each rule that the checker could not decide, with the markup. */
  readonly undecided: readonly string[];
  /** The rules that were checked and passed. */
  readonly passed: readonly string[];
}

/** Checks a page against WCAG 2.0 to 2.2, levels A and AA, and axe's best practices. */
export async function checkAccessibility(page: Page): Promise<Findings> {
  const { violations, incomplete, passes } = await new AxeBuilder({ page })
    .options({ rules: { "target-size": { enabled: true } } })
    .analyze();
  const describe = (results: typeof violations) =>
    results.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
  return {
    violations: describe(violations),
    undecided: describe(incomplete),
    passed: passes.map(({ id }) => id),
  };
}
