import { readdirSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { parseDuration } from "../../../src/duration.ts";
import { readRuleTests, RULES_PATH, type RuleTest } from "../../deploy/rules.ts";
import { ROOT } from "../../docs/markdown.ts";
import { type Exit, runProgram } from "../program.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const RULES = fileURLToPath(new URL(RULES_PATH, ROOT));
const FOLDER = "test/rules/";
const FILES = readdirSync(new URL(FOLDER, ROOT));
const MAX_EVAL_TIME_MS = 4 * 3_600_000;
/** Alerts and recorded series so far that have a label of a single exporter. */
const WITH_EXPORTER_LABEL = ["instance", "pod"]
  .map((label) => `last_over_time({__name__=~"ALERTS|.+:.+", ${label}!=""}[3d])`)
  .join(" or ");

async function promtool(...args: readonly string[]): Promise<Exit> {
  return runProgram("promtool", args, { environment: { PATH: process.env["PATH"] ?? "" } });
}

test("promtool check rules accepts the rules", async () => {
  const { status, stdout, stderr } = await promtool("check", "rules", "--lint=all", "--lint-fatal", RULES);
  expect(stderr).toBe("");
  expect(stdout).toMatch(/SUCCESS: \d+ rules found/);
  expect(status).toBe(0);
});

test.each(FILES)("promtool test rules passes for %s", async (file) => {
  const { status, stdout, stderr } = await promtool(
    "test",
    "rules",
    fileURLToPath(new URL(`${FOLDER}${file}`, ROOT)),
  );
  expect(stderr).toBe("");
  expect(stdout).toContain("SUCCESS");
  expect(status).toBe(0);
});

test("no alert or recorded series in these files has an instance or pod label at any time", async () => {
  const folder = await temporaryFolder();
  const path = join(folder, "identity.test.yaml");
  const tests = FILES.flatMap((file) => readRuleTests(`${FOLDER}${file}`).tests.map(toIdentityTest));
  // JSON is YAML.
  await writeFile(path, JSON.stringify({ rule_files: [RULES], evaluation_interval: "1m", tests }));
  const { status, stderr } = await promtool("test", "rules", path);
  expect(stderr).toBe("");
  expect(status).toBe(0);
});

/** A test with the same series that looks for exporter labels at the same times, without those that take long to reach. */
function toIdentityTest({ interval, input_series, promql_expr_test = [] }: RuleTest): RuleTest {
  return {
    interval,
    input_series,
    promql_expr_test: promql_expr_test
      .filter(({ eval_time }) => (parseDuration(eval_time) ?? 0) <= MAX_EVAL_TIME_MS)
      .map(({ eval_time }) => ({ expr: WITH_EXPORTER_LABEL, eval_time, exp_samples: [] })),
  };
}
