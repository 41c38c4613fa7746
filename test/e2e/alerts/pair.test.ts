import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { renderAccountRegion } from "../../../src/metrics/account-families.ts";
import { renderWorkgroup } from "../../../src/metrics/workgroup-lines.ts";
import type { WorkgroupView } from "../../../src/snapshot/view.ts";
import { RULES_PATH } from "../../deploy/rules.ts";
import { DOCUMENTS, fencedCode, readDocument, ROOT } from "../../docs/markdown.ts";
import { accountView, sessionRow, snapshot, workgroupView } from "../../metrics/views.ts";
import { runProgram } from "../program.ts";
import { temporaryFolder } from "../temporary-folder.ts";

/** The same workgroups twice: in one account polled by one exporter, in the other by two. */
const SINGLE = "111111111111";
const PAIR = "222222222222";
/** One of the two restarts before the second time, and is down at the third. */
const TIMES = ["100m", "150m", "190m"];
const RESTART_MINUTE = 120;
const DOWN_MINUTE = 170;
const LAST_MINUTE = 200;
const MINUTE_MS = 60_000;
/** Each exporter makes its own requests and polls, which add up. */
const ADDED_UP = /athena_exporter_|athena_workgroup_polls_total/;
/** Results are exporters, each of which shall be there. */
const ON_EXPORTERS = /\bjob\b/;
/** They need a series that the fleet of this test has not. */
const EMPTY = ["tag_team"];
/** Of the value for one exporter; they scrape and count at different times. */
const TOLERANCE = 0.02;

const HOUR_MS = 60 * MINUTE_MS;
const session = (
  id: string,
  state: "IDLE" | "DEGRADED" | "CREATING" | "TERMINATING" | "BUSY",
  ageMs: number,
) => sessionRow({ id, state, sinceMs: -ageMs, startMs: -ageMs - 20 * HOUR_MS, stateSeconds: ageMs / 1000 });

const SESSIONS = [
  session("degraded", "DEGRADED", HOUR_MS),
  session("creating", "CREATING", HOUR_MS),
  session("terminating", "TERMINATING", HOUR_MS),
  session("idle", "IDLE", 5 * HOUR_MS),
  session("busy", "BUSY", 13 * HOUR_MS),
];

const QUOTAS = { dpuQuotas: new Map([["DPUs", 160]]), activeDpus: new Map([["DPUs", 5]]) };

function workgroups(accountId: string): readonly WorkgroupView[] {
  const failure = { reason: "access_denied", operation: "ListSessions", message: "no" } as const;
  return [
    workgroupView({
      accountId,
      snapshot: snapshot({ rows: SESSIONS }),
      omittedSessions: 2,
      lastSuccessMs: 1,
    }),
    workgroupView({ accountId, workgroup: "locked", up: false, failure, lastSuccessMs: 1 }),
  ];
}

/** The series of an account as one exporter exposes them, as input of promtool: counters increase by their value a minute. */
function seriesOf(
  accountId: string,
  instance: string,
  values: (value: string, isCounter: boolean) => string,
) {
  const failure = { reason: "credentials", operation: "", message: "no" } as const;
  const texts = [
    ...workgroups(accountId).flatMap((view) => renderWorkgroup(view, ["description", "started_by"])),
    ...renderAccountRegion(accountView({ accountId, up: false, failure, lastSuccessMs: 1, ...QUOTAS })),
    `athena_dpu_hour_price_usd{} 0.35\n`,
  ];
  return texts
    .flatMap((text) => text.split("\n"))
    .filter((line) => line !== "")
    .map((line) => {
      const [, name = "", labels = "", value = ""] = /^(\w+)\{(.*)\} (\S+)$/.exec(line) ?? [];
      const isCounter = /_(?:total|bucket|sum|count)$/.test(name);
      const exporter = [labels, `instance="${instance}"`, `job="athena-sessions"`].filter(
        (pair) => pair !== "",
      );
      return { series: `${name}{${exporter.join(",")}}`, values: values(value, isCounter) };
    });
}

const steady = (value: string, isCounter: boolean) =>
  isCounter ? `0+${value}x${LAST_MINUTE}` : `${value}x${LAST_MINUTE}`;
/** As of an exporter that started three minutes late, restarts later and ends before the last minute. */
function interrupted(value: string, isCounter: boolean): string {
  const run = (minutes: number) => (isCounter ? `0+${value}x${minutes}` : `${value}x${minutes}`);
  const first = RESTART_MINUTE - 6;
  return `_x3 ${run(first)} stale _ ${run(DOWN_MINUTE - RESTART_MINUTE)} stale`;
}

const inAccount = (query: string, accountId: string): string =>
  `((${query}) and on (aws_account_id) label_replace(vector(1), "aws_account_id", "${accountId}", "", ""))`;
const orZero = (expression: string): string => `(${expression} or vector(0))`;

/** Expressions that are 1 if the query has the same result for both accounts, and one for the first. */
function checksOf(query: string): readonly string[] {
  const [single, pair] = [inAccount(query, SINGLE), inAccount(query, PAIR)];
  const isEmpty = EMPTY.some((part) => query.includes(part));
  const difference = `abs(${orZero(`sum(${pair})`)} - ${orZero(`sum(${single})`)})`;
  return [
    `${orZero(`count(${single})`)} ${isEmpty ? "==" : ">"} bool 0`,
    `${orZero(`count(${pair})`)} == bool ${orZero(`count(${single})`)}`,
    `${difference} <= bool ${TOLERANCE} * abs(${orZero(`sum(${single})`)})`,
  ];
}

test("every PromQL query of the documentation has the same result for two exporters as for one", async () => {
  const queries = DOCUMENTS.flatMap((document) => fencedCode(readDocument(document), "promql"))
    .map((query) => query.trim())
    .filter((query) => !ADDED_UP.test(query) && !ON_EXPORTERS.test(query));
  expect(queries.length).toBeGreaterThan(35);
  const input = [
    ...seriesOf(SINGLE, "exporter-a:10284", steady),
    ...seriesOf(PAIR, "exporter-b:10284", steady),
    ...seriesOf(PAIR, "exporter-c:10284", interrupted),
  ];
  const unique = [...new Map(input.map((one) => [one.series, one])).values()];
  const tests = [
    {
      interval: "1m",
      input_series: unique,
      promql_expr_test: queries.flatMap((query) =>
        TIMES.flatMap((eval_time) =>
          checksOf(query).map((expr) => ({ expr, eval_time, exp_samples: [{ labels: "{}", value: 1 }] })),
        ),
      ),
    },
  ];
  const path = join(await temporaryFolder(), "pair.test.yaml");
  const rules = fileURLToPath(new URL(RULES_PATH, ROOT));
  // JSON is YAML.
  await writeFile(path, JSON.stringify({ rule_files: [rules], evaluation_interval: "1m", tests }));
  const { status, stderr } = await runProgram("promtool", ["test", "rules", path], {
    environment: { PATH: process.env["PATH"] ?? "" },
  });
  expect(stderr).toBe("");
  expect(status).toBe(0);
});
