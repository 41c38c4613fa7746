import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { ALERTS } from "../../docs/alerts.ts";
import { type Alertmanager, startAlertmanager } from "../alertmanager.ts";
import { runProgram } from "../program.ts";
import { until } from "../until.ts";

const CONFIG = new URL("../../../deploy/alertmanager/alertmanager.yaml", import.meta.url);
const PATH = { PATH: process.env["PATH"] ?? "" };

type Labels = Readonly<Record<string, string>>;

const ACCOUNT = { aws_account_id: "111111111111", aws_region: "eu-west-1" };
const OTHER_ACCOUNT = { ...ACCOUNT, aws_account_id: "222222222222" };
const OTHER_REGION = { ...ACCOUNT, aws_region: "us-east-1" };
const ETL = { ...ACCOUNT, workgroup: "etl" };
const JOB = { job: "athena-sessions" };

const named = (alertname: string, labels: Labels = {}): Labels => ({ alertname, ...labels });
const idle = (labels: Labels, session_id = "a") =>
  named("AthenaSessionIdleTooLong", { ...labels, session_id });
const old = (labels: Labels, session_id = "a") => named("AthenaSessionTooOld", { ...labels, session_id });

/** All alerts on a workgroup's sessions. */
const onSessions = (labels: Labels): readonly Labels[] => [
  idle(labels),
  old(labels, "b"),
  named("AthenaSessionDegraded", { ...labels, session_id: "c" }),
  named("AthenaSessionStuckCreating", { ...labels, session_id: "d" }),
  ...[
    "AthenaIdleCostTooHigh",
    "AthenaSessionsFailing",
    "AthenaSessionsOmitted",
    "AthenaListingsTruncated",
  ].map((alertname) => named(alertname, labels)),
  // Where sessions have no series of their own.
  named("AthenaSessionDegraded", labels),
];

interface Inhibition {
  readonly what: string;
  readonly source: Labels;
  readonly quiet: readonly Labels[];
  readonly told: readonly Labels[];
}

const INHIBITIONS: readonly Inhibition[] = [
  ...["AthenaWorkgroupStale", "AthenaWorkgroupUnreadable"].map((alertname) => ({
    what: `${alertname} keeps its workgroup's sessions quiet, not another's`,
    source: named(alertname, ETL),
    quiet: onSessions(ETL),
    told: [
      idle({ ...ETL, workgroup: "dbt" }),
      idle({ ...ETL, ...OTHER_REGION }),
      idle({ ...ETL, ...OTHER_ACCOUNT }),
      named("AthenaApiThrottled", ACCOUNT),
      named("AthenaExporterDown", JOB),
    ],
  })),
  {
    what: "AthenaWorkgroupUnreadable does not keep AthenaWorkgroupStale quiet: both say what is blind",
    source: named("AthenaWorkgroupUnreadable", ETL),
    quiet: [idle(ETL)],
    told: [named("AthenaWorkgroupStale", ETL)],
  },
  {
    what: "AthenaAccountUnreadable keeps its region's workgroups and sessions quiet, not another's",
    source: named("AthenaAccountUnreadable", ACCOUNT),
    quiet: [
      ...onSessions(ETL),
      named("AthenaWorkgroupStale", ETL),
      named("AthenaWorkgroupUnreadable", { ...ETL, workgroup: "dbt" }),
    ],
    told: [
      idle({ ...ETL, ...OTHER_REGION }),
      idle({ ...ETL, ...OTHER_ACCOUNT }),
      named("AthenaApiThrottled", ACCOUNT),
      named("AthenaShardMissing", JOB),
    ],
  },
  {
    what: "an account whose id is not known yet keeps no other quiet",
    source: named("AthenaAccountUnreadable", { aws_region: ACCOUNT.aws_region }),
    quiet: [idle({ aws_region: ACCOUNT.aws_region, workgroup: "etl" })],
    told: [idle(ETL), named("AthenaShardMissing", JOB)],
  },
  {
    what: "AthenaExporterAbsent keeps everything else quiet, of ours alone",
    source: named("AthenaExporterAbsent"),
    quiet: ALERTS.filter(({ alert }) => alert !== "AthenaExporterAbsent").map(({ alert }) => named(alert)),
    told: [named("DiskFull", ETL)],
  },
  {
    what: "AthenaExporterDown keeps a missing shard of its job quiet, and nothing else",
    source: named("AthenaExporterDown", JOB),
    quiet: [named("AthenaShardMissing", JOB)],
    told: [named("AthenaShardMissing", { job: "other" }), named("AthenaShardDoubled", JOB), idle(ETL)],
  },
  {
    what: "a session that idles too long is not told to be old as well, another one is",
    source: idle(ETL),
    quiet: [old(ETL)],
    told: [
      old(ETL, "b"),
      old({ ...ETL, workgroup: "dbt" }),
      named("AthenaSessionDegraded", { ...ETL, session_id: "a" }),
    ],
  },
  {
    what: "where sessions have no series of their own, an idle one and an old one are both told",
    source: idle({ ...ETL, workgroup: "dbt" }),
    quiet: [old({ ...ETL, workgroup: "dbt" })],
    told: [named("AthenaSessionIdleTooLong", ETL), named("AthenaSessionTooOld", ETL)],
  },
];

test.each(INHIBITIONS.map((inhibition) => [inhibition.what, inhibition] as const))(
  "%s",
  async (_, inhibition) => {
    const { source, quiet, told } = inhibition;
    const alertmanager = await startAlertmanager(await readFile(CONFIG, "utf8"));
    await post(alertmanager, [source, ...told, ...quiet]);
    await until("the inhibitions", async () => {
      expect(await suppressed(alertmanager)).toEqual(quiet.map(textOf).toSorted());
      return true;
    });
  },
);

async function post({ url }: Alertmanager, alerts: readonly Labels[]): Promise<void> {
  const response = await fetch(`${url}/api/v2/alerts`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(alerts.map((labels) => ({ labels }))),
  });
  expect(response.status).toBe(200);
}

/** The labels of alerts that are inhibited. */
async function suppressed({ url }: Alertmanager): Promise<readonly string[]> {
  const response = await fetch(`${url}/api/v2/alerts`);
  const alerts = (await response.json()) as readonly {
    readonly labels: Labels;
    readonly status: { readonly inhibitedBy: readonly string[] };
  }[];
  return alerts
    .filter(({ status }) => status.inhibitedBy.length > 0)
    .map(({ labels }) => textOf(labels))
    .toSorted();
}

function textOf(labels: Labels): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .toSorted()
    .join(" ");
}

const RECEIVERS: Readonly<Record<string, string>> = { critical: "pager", warning: "tickets", info: "nobody" };

test.each(ALERTS)(
  "$alert, which is $severity, goes to whom that severity goes",
  async ({ alert, severity }) => {
    const labels = [`alertname=${alert}`, `severity=${severity}`];
    const { status, stdout } = await runProgram(
      "amtool",
      ["config", "routes", "test", `--config.file=${fileURLToPath(CONFIG)}`, ...labels],
      { environment: PATH },
    );
    expect([status, stdout.trim()]).toEqual([0, RECEIVERS[severity]]);
  },
);

test("amtool finds nothing wrong with the example", async () => {
  const { status, stderr } = await runProgram("amtool", ["check-config", fileURLToPath(CONFIG)], {
    environment: PATH,
  });
  expect([status, stderr]).toEqual([0, ""]);
});
