import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { ruleFile } from "../../src/rules/rule-file.ts";
import { ROOT } from "../docs/markdown.ts";
import { RULES_PATH } from "./rules.ts";

// `npm run rules` runs this test with --update, which generates the file.

test("the rule file is up to date; if not, run `npm run rules`", async () => {
  await expect(ruleFile({ format: "prometheus" })).toMatchFileSnapshot(
    fileURLToPath(new URL(RULES_PATH, ROOT)),
  );
});
