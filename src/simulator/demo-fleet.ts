import type { AccountOptions } from "./account.ts";
import { type Behaviour, QUIET } from "./behaviour.ts";
import type { SessionOptions, WorkgroupOptions } from "./workgroup.ts";

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

const PYSPARK = "PySpark engine version 3";
const SPARK_35 = "Apache Spark version 3.5";
const SQL = "Athena engine version 3";

/** Sessions so short that every session state occurs within a minute. */
const SHORT_SESSIONS: Behaviour = {
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
  terminatedByOwnerShare: 0.4,
  idleTimeoutMs: 45 * SECOND_MS,
  terminatingMs: { min: 3 * SECOND_MS, max: 8 * SECOND_MS },
};

/** No owner terminates a session: each is idle until its idle timeout. */
const LEAKING: Behaviour = { ...SHORT_SESSIONS, terminatedByOwnerShare: 0, idleTimeoutMs: 2 * MINUTE_MS };
/** Many sessions fail or become degraded. */
const UNRELIABLE: Behaviour = {
  ...SHORT_SESSIONS,
  failAtStartShare: 0.12,
  failLaterShare: 0.15,
  degradeShare: 0.5,
};

/** The account of the demo, with one region; `nowMs` is the time at which it starts, in Unix milliseconds. */
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
    spark("etl-nightly", { ...SHORT_SESSIONS, arrivalsPerHour: 240 }, { team: "data" }, { history: 300 }),
    spark("etl-hourly", SHORT_SESSIONS, { team: "data" }, { history: 60 }),
    spark("dbt-prod", { ...LEAKING, arrivalsPerHour: 150 }, { team: "analytics" }, { history: 200 }),
    spark("dbt-ci", { ...UNRELIABLE, arrivalsPerHour: 240 }, { team: "analytics" }),
    spark(
      "notebooks",
      { ...LEAKING, arrivalsPerHour: 40 },
      { team: "science" },
      { sessions: forgottenNotebooks(nowMs) },
    ),
    spark("notebooks-finance", QUIET, { team: "finance" }, { sessions: leakedSessions(nowMs) }),
    spark("ml-features", { ...UNRELIABLE, arrivalsPerHour: 120 }, { team: "science" }, { engine: SPARK_35 }),
    spark("ml-training", QUIET, { team: "science" }, { engine: SPARK_35, sessions: degradedSession(nowMs) }),
    spark("streaming-backfill", QUIET, { team: "platform" }, { sessions: stuckSession(nowMs) }),
    spark("ad-hoc", { ...SHORT_SESSIONS, arrivalsPerHour: 30 }, { team: "science" }),
    spark("reverse-etl", { ...SHORT_SESSIONS, arrivalsPerHour: 60 }, { team: "growth" }),
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

/** Notebook sessions that nobody has used for hours. */
function forgottenNotebooks(nowMs: number): readonly SessionOptions[] {
  return [
    idleFor(nowMs, 3.2 * HOUR_MS, "Notebook churn-exploration (ana)"),
    idleFor(nowMs, 26 * HOUR_MS, "Notebook Q3 forecast (bert)"),
  ];
}

function leakedSessions(nowMs: number): readonly SessionOptions[] {
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

function degradedSession(nowMs: number): readonly SessionOptions[] {
  const reason = "Session has no healthy coordinators";
  const description = "airflow train_churn try 2";
  return [
    { state: "DEGRADED", atMs: nowMs - 40 * MINUTE_MS, startMs: nowMs - 2 * HOUR_MS, description, reason },
  ];
}

function stuckSession(nowMs: number): readonly SessionOptions[] {
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
