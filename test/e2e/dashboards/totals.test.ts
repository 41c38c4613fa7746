import { writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { rate, sum, totalOverRange } from "../../../grafana/queries.ts";
import { runProgram } from "../program.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { ALL, interpolate } from "./grafana-variables.ts";

const VARIABLES = {
  account: ALL,
  region: ALL,
  workgroup: ALL,
  __range: "1h",
  __interval: "15s",
  __interval_ms: "15000",
  __rate_interval: "1m",
};
const COUNTER =
  'athena_sessions_ended_total{aws_account_id="1", aws_region="r", workgroup="w", state="FAILED"';

/** Asks promtool whether the total over the last hour of series, scraped every 15 s, is within 10% of `expected`. */
async function isTotal(expected: number, series: Readonly<Record<string, string>>): Promise<boolean> {
  const folder = await temporaryFolder();
  const total = interpolate(totalOverRange(sum(rate("athena_sessions_ended_total"))), VARIABLES);
  const rules = { groups: [{ name: "totals", rules: [{ record: "total", expr: total }] }] };
  const tests = {
    rule_files: ["rules.yaml"],
    evaluation_interval: "1m",
    tests: [
      {
        interval: "15s",
        input_series: Object.entries(series).map(([instance, values]) => ({
          series: `${COUNTER}, instance="${instance}"}`,
          values,
        })),
        promql_expr_test: [
          {
            expr: `abs(total - ${expected}) < bool 0.1`,
            eval_time: "1h",
            exp_samples: [{ labels: "{}", value: 1 }],
          },
        ],
      },
    ],
  };
  await writeFile(path.join(folder, "rules.yaml"), JSON.stringify(rules));
  await writeFile(path.join(folder, "tests.yaml"), JSON.stringify(tests));
  const environment = { PATH: process.env["PATH"] ?? "" };
  const { status, stdout, stderr } = await runProgram(
    "promtool",
    ["test", "rules", path.join(folder, "tests.yaml")],
    {
      environment,
    },
  );
  if (status !== 0 && status !== 1) throw new Error(stdout + stderr);
  return status === 0;
}

test("an event that one exporter counts is 1 in a total", async () => {
  expect(await isTotal(1, { a: "0x100 1x140" })).toBe(true);
  expect(await isTotal(2, { a: "0x100 1x140" })).toBe(false);
});

test("an event that two exporters count 45 s apart is 1 in a total", async () => {
  expect(await isTotal(1, { a: "0x100 1x140", b: "0x103 1x137" })).toBe(true);
});

test("events before and after a restart under another name add up", async () => {
  expect(await isTotal(2, { a: "0x50 1x50 _x140", b: "_x101 0x60 1x80" })).toBe(true);
});
