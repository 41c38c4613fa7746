import type { AccountOptions } from "./account.ts";
import { type Behaviour, QUIET } from "./behaviour.ts";
import type { SessionOptions, WorkgroupOptions } from "./workgroup.ts";

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

const PYSPARK = "PySpark engine version 3";
const SPARK_35 = "Apache Spark version 3.5";
const SQL = "Athena engine version 3";

/** Lives so short that a minute shows everything that can happen to a session. */
const BRISK: Behaviour = {
  ...QUIET,
  arrivalsPerHour: 60,
  creatingMs: { min: 2 * SECOND_MS, max: 6 * SECOND_MS },
  createdMs: { min: SECOND_MS, max: 3 * SECOND_MS },
  calculations: { min: 1, max: 4 },
  busyMs: { min: 4 * SECOND_MS, max: 20 * SECOND_MS },
  pauseMs: { min: 2 * SECOND_MS, max: 8 * SECOND_MS },
  failAtStartShare: 0.05,
  failLaterShare: 0.08,
  degradeShare: 0.08,
  degradedMs: { min: 20 * SECOND_MS, max: 60 * SECOND_MS },
  closedShare: 0.4,
  idleTimeoutMs: 45 * SECOND_MS,
  terminatingMs: { min: 3 * SECOND_MS, max: 8 * SECOND_MS },
};

/** Runs that nobody ends: each idles until its timeout. */
const LEAKY: Behaviour = { ...BRISK, closedShare: 0, idleTimeoutMs: 2 * MINUTE_MS };
/** Work on a cluster that is not well. */
const ROUGH: Behaviour = { ...BRISK, failAtStartShare: 0.12, failLaterShare: 0.15, degradeShare: 0.5 };

/** The one account of the demo, in one region, as of `nowMs` in Unix milliseconds. */
export function demoAccounts(nowMs: number): readonly AccountOptions[] {
  return [
    {
      id: "123456789012",
      keys: [
        { accessKeyId: "AKIADEMODEMODEMODEMO", secretAccessKey: "demo-secret-of-the-embedded-simulator" },
      ],
      regions: { "eu-west-1": demoWorkgroups(nowMs) },
    },
  ];
}

function demoWorkgroups(nowMs: number): readonly WorkgroupOptions[] {
  return [
    spark("etl-nightly", { ...BRISK, arrivalsPerHour: 240 }, { team: "data" }, { history: 300 }),
    spark("etl-hourly", BRISK, { team: "data" }, { history: 60 }),
    spark("dbt-prod", { ...LEAKY, arrivalsPerHour: 150 }, { team: "analytics" }, { history: 200 }),
    spark("dbt-ci", { ...ROUGH, arrivalsPerHour: 240 }, { team: "analytics" }),
    spark(
      "notebooks",
      { ...LEAKY, arrivalsPerHour: 40 },
      { team: "science" },
      { sessions: forgotten(nowMs) },
    ),
    spark("notebooks-finance", QUIET, { team: "finance" }, { sessions: leaked(nowMs) }),
    spark("ml-features", { ...ROUGH, arrivalsPerHour: 120 }, { team: "science" }, { engine: SPARK_35 }),
    spark("ml-training", QUIET, { team: "science" }, { engine: SPARK_35, sessions: degraded(nowMs) }),
    spark("streaming-backfill", QUIET, { team: "platform" }, { sessions: stuck(nowMs) }),
    spark("ad-hoc", { ...BRISK, arrivalsPerHour: 30 }, { team: "science" }),
    spark("reverse-etl", { ...BRISK, arrivalsPerHour: 60 }, { team: "growth" }),
    spark("sandbox", QUIET, { team: "platform" }),
    { name: "primary", engine: SQL },
    { name: "bi-dashboards", engine: SQL, tags: { team: "analytics" } },
  ];
}

function spark(
  name: string,
  behaviour: Behaviour,
  tags: Readonly<Record<string, string>>,
  options: Partial<WorkgroupOptions> = {},
): WorkgroupOptions {
  return {
    name,
    engine: PYSPARK,
    behaviour,
    tags,
    historyMs: 24 * HOUR_MS,
    warmUpMs: 5 * MINUTE_MS,
    ...options,
  };
}

/** Notebooks whose tabs were closed hours ago. */
function forgotten(nowMs: number): readonly SessionOptions[] {
  return [
    idleFor(nowMs, 3.2 * HOUR_MS, "Notebook churn-exploration (ana)"),
    idleFor(nowMs, 26 * HOUR_MS, "Notebook Q3 forecast (bert)"),
  ];
}

function leaked(nowMs: number): readonly SessionOptions[] {
  return [
    idleFor(nowMs, 50 * MINUTE_MS, "Notebook month-end close (dana)"),
    idleFor(nowMs, 5.5 * HOUR_MS, "PyAthena Spark session"),
    {
      state: "BUSY",
      atMs: nowMs - 12 * MINUTE_MS,
      startMs: nowMs - HOUR_MS,
      description: "Notebook ledger (emre)",
    },
  ];
}

function degraded(nowMs: number): readonly SessionOptions[] {
  const reason = "Session has no healthy coordinators";
  const description = "airflow train_churn try 2";
  return [
    { state: "DEGRADED", atMs: nowMs - 40 * MINUTE_MS, startMs: nowMs - 2 * HOUR_MS, description, reason },
  ];
}

function stuck(nowMs: number): readonly SessionOptions[] {
  return [{ state: "CREATING", atMs: nowMs - 35 * MINUTE_MS, description: "backfill events 2024" }];
}

function idleFor(nowMs: number, idleMs: number, description: string): SessionOptions {
  return {
    state: "IDLE",
    atMs: nowMs - idleMs,
    startMs: nowMs - idleMs - HOUR_MS,
    description,
    idleTimeoutMinutes: 480,
  };
}
