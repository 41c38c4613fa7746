import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { type Alertmanager, startAlertmanager } from "./alertmanager.ts";
import { runProgram } from "./program.ts";
import { until } from "./until.ts";

const CONFIG = new URL("../../deploy/alertmanager/alertmanager.yaml", import.meta.url);
const PATH = { PATH: process.env["PATH"] ?? "" };
const REGION = { aws_account_id: "111111111111", aws_region: "eu-west-1" };
const ETL = { ...REGION, workgroup: "etl" };
const IDLE = { alertname: "AthenaSessionIdleTooLong", severity: "warning", ...ETL, session_id: "a" };

type Labels = Readonly<Record<string, string>>;

/** Whether the last of these alerts is inhibited while the others fire, in an Alertmanager with the example's configuration. */
async function isInhibited(alerts: readonly Labels[]): Promise<boolean> {
  const alertmanager = await startAlertmanager(await readFile(CONFIG, "utf8"));
  await post(alertmanager, alerts);
  const found = await until("the alerts", async () => {
    const told = await get(alertmanager);
    return (
      told.length === alerts.length && told.every(({ status }) => status.state !== "unprocessed") && told
    );
  });
  const last = JSON.stringify(Object.entries(alerts.at(-1) ?? {}).sort(byName));
  return found.some(
    ({ labels, status }) =>
      JSON.stringify(Object.entries(labels).sort(byName)) === last && status.inhibitedBy.length > 0,
  );
}

function byName([a]: readonly [string, string], [b]: readonly [string, string]): number {
  return a < b ? -1 : 1;
}

async function post({ url }: Alertmanager, alerts: readonly Labels[]): Promise<void> {
  const response = await fetch(`${url}/api/v2/alerts`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(alerts.map((labels) => ({ labels }))),
  });
  expect(response.status).toBe(200);
}

async function get({ url }: Alertmanager) {
  const response = await fetch(`${url}/api/v2/alerts`);
  return (await response.json()) as readonly {
    readonly labels: Labels;
    readonly status: { readonly state: string; readonly inhibitedBy: readonly string[] };
  }[];
}

test.each<[string, readonly Labels[]]>([
  [
    "a session while its workgroup's numbers are stale",
    [{ alertname: "AthenaWorkgroupStale", ...ETL }, IDLE],
  ],
  [
    "a session while its workgroup cannot be read",
    [{ alertname: "AthenaWorkgroupUnreadable", ...ETL }, IDLE],
  ],
  [
    "idle cost while its workgroup's numbers are stale",
    [
      { alertname: "AthenaWorkgroupStale", ...ETL },
      { alertname: "AthenaIdleCostTooHigh", ...ETL },
    ],
  ],
  ["a session while its account cannot be read", [{ alertname: "AthenaAccountUnreadable", ...REGION }, IDLE]],
  [
    "a workgroup while its account cannot be read",
    [
      { alertname: "AthenaAccountUnreadable", ...REGION },
      { alertname: "AthenaWorkgroupUnreadable", ...ETL },
    ],
  ],
  ["a session while there is no exporter", [{ alertname: "AthenaExporterAbsent" }, IDLE]],
  [
    "a missing shard while an exporter of its job is down",
    [
      { alertname: "AthenaExporterDown", job: "athena" },
      { alertname: "AthenaShardMissing", job: "athena" },
    ],
  ],
  ["a session's age while it is told to idle", [IDLE, { ...IDLE, alertname: "AthenaSessionTooOld" }]],
])("nobody is told of %s", async (_, alerts) => {
  expect(await isInhibited(alerts)).toBe(true);
});

test.each<[string, readonly Labels[]]>([
  [
    "the workgroup beside a stale one",
    [{ alertname: "AthenaWorkgroupStale", ...ETL, workgroup: "dbt" }, IDLE],
  ],
  [
    "the same name in another region",
    [{ alertname: "AthenaWorkgroupStale", ...ETL, aws_region: "us-east-1" }, IDLE],
  ],
  [
    "another account while one cannot be read",
    [{ alertname: "AthenaAccountUnreadable", ...REGION, aws_account_id: "222222222222" }, IDLE],
  ],
  [
    "stale numbers with their reason",
    [
      { alertname: "AthenaWorkgroupUnreadable", ...ETL },
      { alertname: "AthenaWorkgroupStale", ...ETL },
    ],
  ],
  [
    "the absent exporter itself",
    [{ alertname: "AthenaExporterDown", job: "a" }, { alertname: "AthenaExporterAbsent" }],
  ],
  ["another session's age", [IDLE, { ...IDLE, alertname: "AthenaSessionTooOld", session_id: "b" }]],
  ["what is not ours", [{ alertname: "AthenaExporterAbsent" }, { alertname: "DiskFull", workgroup: "etl" }]],
])("%s is told", async (_, alerts) => {
  expect(await isInhibited(alerts)).toBe(false);
});

test.each([
  ["critical", "pager"],
  ["warning", "tickets"],
  ["info", "nobody"],
])("%s goes to %s", async (severity, receiver) => {
  const { status, stdout } = await runProgram(
    "amtool",
    ["config", "routes", "test", `--config.file=${fileURLToPath(CONFIG)}`, `severity=${severity}`],
    { environment: PATH },
  );
  expect([status, stdout.trim()]).toEqual([0, receiver]);
});

test("amtool finds nothing wrong with the example", async () => {
  const { status, stderr } = await runProgram("amtool", ["check-config", fileURLToPath(CONFIG)], {
    environment: PATH,
  });
  expect([status, stderr]).toEqual([0, ""]);
});
