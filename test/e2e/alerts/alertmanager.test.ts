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

/** Every alert on the sessions of a workgroup. */
const onSessions = (labels: Labels): readonly Labels[] => [
  idle(labels),
  old(labels, "b"),
  named("AthenaSessionDegraded", { ...labels, session_id: "c" }),
  named("AthenaSessionStuckCreating", { ...labels, session_id: "d" }),
  named("AthenaSessionStuckTerminating", { ...labels, session_id: "e" }),
  named("AthenaSessionBusyTooLong", { ...labels, session_id: "f" }),
  ...[
    "AthenaIdleCostTooHigh",
    "AthenaSessionsPilingUp",
    "AthenaSessionsOmitted",
    "AthenaListingsTruncated",
  ].map((alertname) => named(alertname, labels)),
  // For sessions without per-session series.
  named("AthenaSessionDegraded", labels),
];

interface Inhibition {
  readonly name: string;
  readonly source: Labels;
  readonly inhibited: readonly Labels[];
  readonly notified: readonly Labels[];
}

const INHIBITIONS: readonly Inhibition[] = [
  ...["AthenaWorkgroupStale", "AthenaWorkgroupUnreadable"].map((alertname) => ({
    name: `${alertname} inhibits alerts on the sessions of its workgroup only`,
    source: named(alertname, ETL),
    inhibited: onSessions(ETL),
    notified: [
      idle({ ...ETL, workgroup: "dbt" }),
      idle({ ...ETL, ...OTHER_REGION }),
      idle({ ...ETL, ...OTHER_ACCOUNT }),
      named("AthenaApiThrottled", ACCOUNT),
      named("AthenaExporterDown", JOB),
    ],
  })),
  {
    name: "AthenaWorkgroupUnreadable does not inhibit AthenaWorkgroupStale",
    source: named("AthenaWorkgroupUnreadable", ETL),
    inhibited: [idle(ETL)],
    notified: [named("AthenaWorkgroupStale", ETL)],
  },
  {
    name: "AthenaAccountUnreadable inhibits alerts on the workgroups and sessions of its account and region only",
    source: named("AthenaAccountUnreadable", ACCOUNT),
    inhibited: [
      ...onSessions(ETL),
      named("AthenaWorkgroupStale", ETL),
      named("AthenaWorkgroupUnreadable", { ...ETL, workgroup: "dbt" }),
    ],
    notified: [
      idle({ ...ETL, ...OTHER_REGION }),
      idle({ ...ETL, ...OTHER_ACCOUNT }),
      named("AthenaApiThrottled", ACCOUNT),
      named("AthenaShardMissing", JOB),
    ],
  },
  {
    name: "an account whose id is not known yet inhibits no alert of other accounts",
    source: named("AthenaAccountUnreadable", { aws_region: ACCOUNT.aws_region }),
    inhibited: [idle({ aws_region: ACCOUNT.aws_region, workgroup: "etl" })],
    notified: [idle(ETL), named("AthenaShardMissing", JOB)],
  },
  {
    name: "AthenaExporterAbsent inhibits all other alerts of this project only",
    source: named("AthenaExporterAbsent"),
    inhibited: ALERTS.filter(({ alert }) => alert !== "AthenaExporterAbsent").map(({ alert }) =>
      named(alert),
    ),
    notified: [named("DiskFull", ETL)],
  },
  {
    name: "AthenaExporterDown inhibits AthenaShardMissing of its job only",
    source: named("AthenaExporterDown", JOB),
    inhibited: [named("AthenaShardMissing", JOB)],
    notified: [named("AthenaShardMissing", { job: "other" }), named("AthenaShardDoubled", JOB), idle(ETL)],
  },
  {
    name: "AthenaSessionIdleTooLong inhibits AthenaSessionTooOld of the same session only",
    source: idle(ETL),
    inhibited: [old(ETL)],
    notified: [
      old(ETL, "b"),
      old({ ...ETL, workgroup: "dbt" }),
      named("AthenaSessionDegraded", { ...ETL, session_id: "a" }),
    ],
  },
  {
    name: "AthenaSessionsDegraded inhibits AthenaSessionDegraded of its workgroup only",
    source: named("AthenaSessionsDegraded", ETL),
    inhibited: [
      named("AthenaSessionDegraded", { ...ETL, session_id: "a" }),
      named("AthenaSessionDegraded", ETL),
    ],
    notified: [named("AthenaSessionDegraded", { ...ETL, workgroup: "dbt", session_id: "b" }), idle(ETL)],
  },
  {
    name: "AthenaSessionBusyTooLong inhibits AthenaSessionTooOld of the same session only",
    source: named("AthenaSessionBusyTooLong", { ...ETL, session_id: "a" }),
    inhibited: [old(ETL)],
    notified: [old(ETL, "b"), idle(ETL, "c")],
  },
  {
    name: "without per-session series AthenaSessionIdleTooLong does not inhibit AthenaSessionTooOld",
    source: idle({ ...ETL, workgroup: "dbt" }),
    inhibited: [old({ ...ETL, workgroup: "dbt" })],
    notified: [named("AthenaSessionIdleTooLong", ETL), named("AthenaSessionTooOld", ETL)],
  },
];

test.each(INHIBITIONS.map((inhibition) => [inhibition.name, inhibition] as const))(
  "%s",
  async (_, inhibition) => {
    const { source, inhibited, notified } = inhibition;
    const alertmanager = await startAlertmanager(await readFile(CONFIG, "utf8"));
    await post(alertmanager, [source, ...notified, ...inhibited]);
    await until("the inhibitions", async () => {
      expect(await inhibitedAlerts(alertmanager)).toEqual(inhibited.map(textOf).toSorted());
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

/** The labels of the alerts that are inhibited. */
async function inhibitedAlerts({ url }: Alertmanager): Promise<readonly string[]> {
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
  "$alert is sent to the receiver of its severity, $severity",
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

test("amtool check-config accepts the example", async () => {
  const { status, stderr } = await runProgram("amtool", ["check-config", fileURLToPath(CONFIG)], {
    environment: PATH,
  });
  expect([status, stderr]).toEqual([0, ""]);
});
