import { readdirSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { parseDuration } from "../../../src/config/duration.ts";
import { readRuleTests, RULES_PATH, type RuleTest } from "../../deploy/rules.ts";
import { ROOT } from "../../docs/markdown.ts";
import { type Exit, runProgram } from "../program.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const RULES = fileURLToPath(new URL(RULES_PATH, ROOT));
const FOLDER = "test/rules/";
const FILES = readdirSync(new URL(FOLDER, ROOT));
const LONGEST_MS = 4 * 3_600_000;
/** Alerts and records, so far, that say which exporter they are from. */
const OF_ONE_EXPORTER = ["instance", "pod"]
  .map((label) => `last_over_time({__name__=~"ALERTS|.+:.+", ${label}!=""}[3d])`)
  .join(" or ");

async function promtool(...args: readonly string[]): Promise<Exit> {
  return runProgram("promtool", args, { environment: { PATH: process.env["PATH"] ?? "" } });
}

test("promtool finds nothing wrong with the rules", async () => {
  const { status, stdout, stderr } = await promtool("check", "rules", "--lint=all", "--lint-fatal", RULES);
  expect(stderr).toBe("");
  expect(stdout).toMatch(/SUCCESS: \d+ rules found/);
  expect(status).toBe(0);
});

test.each(FILES)("the rules do what %s says", async (file) => {
  const { status, stdout, stderr } = await promtool(
    "test",
    "rules",
    fileURLToPath(new URL(`${FOLDER}${file}`, ROOT)),
  );
  expect(stderr).toBe("");
  expect(stdout).toContain("SUCCESS");
  expect(status).toBe(0);
});

test("no alert and no record of these says which exporter it is from, at any time", async () => {
  const folder = await temporaryFolder();
  const path = join(folder, "identity.test.yaml");
  const tests = FILES.flatMap((file) => readRuleTests(`${FOLDER}${file}`).tests.map(asksForExporters));
  // JSON is YAML.
  await writeFile(path, JSON.stringify({ rule_files: [RULES], evaluation_interval: "1m", tests }));
  const { status, stderr } = await promtool("test", "rules", path);
  expect(stderr).toBe("");
  expect(status).toBe(0);
});

/** The same series, looked at at the same times; days would take as long again. */
function asksForExporters({ interval, input_series, promql_expr_test = [] }: RuleTest): RuleTest {
  return {
    interval,
    input_series,
    promql_expr_test: promql_expr_test
      .filter(({ eval_time }) => (parseDuration(eval_time) ?? 0) <= LONGEST_MS)
      .map(({ eval_time }) => ({ expr: OF_ONE_EXPORTER, eval_time, exp_samples: [] })),
  };
}
