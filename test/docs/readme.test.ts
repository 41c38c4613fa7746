import { expect, test } from "vitest";
import { DOCUMENTS, linkTargets, readDocument } from "./markdown.ts";

const MAX_LINES = 220;
const SECTIONS = [
  "Quick start",
  "Minimum IAM policy",
  "Scrape configuration",
  "Dashboards and alerts",
  "Configuration",
  "Commands",
  "Metrics that matter",
  "Limits",
  "Documentation",
];

const readme = readDocument("README.md");

/** The text of a section, without its heading. */
const section = (title: string): string => readme.split(`\n## ${title}\n`)[1]?.split("\n## ")[0] ?? "";

test(`README.md has at most ${MAX_LINES} lines`, () => {
  expect(readme.trimEnd().split("\n").length).toBeLessThanOrEqual(MAX_LINES);
});

test("README.md begins with a picture, and has its sections in the expected order", () => {
  const [introduction = ""] = readme.split("\n## ");
  expect(linkTargets(introduction)).toContain("docs/images/page.png");
  expect([...readme.matchAll(/^## (.+)$/gm)].map(([, title]) => title)).toEqual(SECTIONS);
});

test("README.md lists ten metrics and five limits", () => {
  expect(section("Metrics that matter").match(/^\| `athena_/gm)).toHaveLength(10);
  expect(section("Limits").match(/^\d\. /gm)).toHaveLength(5);
});

test("README.md links every document except the runbooks, which docs/alerts.md links", () => {
  const targets = linkTargets(section("Documentation"));
  const others = DOCUMENTS.filter(
    (document) => document !== "README.md" && !document.startsWith("docs/runbooks/"),
  );
  expect(others.filter((document) => !targets.includes(document))).toEqual([]);
});
