import { onTestFinished } from "vitest";
import { systemClock } from "../../src/clock.ts";
import type { AccountOptions } from "../../src/simulator/account.ts";
import { startSimulator, type Simulator } from "../../src/simulator/simulator.ts";
import type { SimulatorSettings } from "../../src/simulator/settings.ts";
import type { WorkgroupOptions } from "../../src/simulator/workgroup.ts";

export const ACCOUNT_ID = "111111111111";
export const REGION = "eu-west-1";
/** Distinctive values, so that tests can find leaked secrets by their text. */
export const KEY = {
  accessKeyId: "AKIAENDTOENDTESTS001",
  secretAccessKey: "Zq8secretOfTheEndToEndTests4vX",
};
export const ROLE = { name: "exporter", trustedAccountId: ACCOUNT_ID, externalId: "Kw7externalIdOfTheTests" };
/** A description with characters that must be escaped in HTML, in the exposition and on a terminal. */
export const HOSTILE_DESCRIPTION = `<img src=x onerror="document.title='pwned'"> "quoted" back\\slash\nnext & 数据`;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const PYSPARK = "PySpark engine version 3";

/** Starts a simulator whose sessions keep their states until the test moves them; it is closed when the test ends. */
export async function startTestSimulator(
  settings: Partial<SimulatorSettings> = {},
  workgroups = defaultWorkgroups(Date.now()),
): Promise<Simulator> {
  const simulator = await startSimulator({ clock: systemClock, accounts: accounts(workgroups), settings });
  onTestFinished(() => simulator.close());
  return simulator;
}

/** The environment of an exporter that polls the simulator, with a rate limit that causes no delays. */
export function environmentOf({ environment }: Simulator): Readonly<Record<string, string>> {
  return { ...environment, ATHENA_EXPORTER_CONFIG_CONTENT: "poll: {rate_limit: 1000}" };
}

function accounts(workgroups: readonly WorkgroupOptions[]): readonly AccountOptions[] {
  return [{ id: ACCOUNT_ID, keys: [KEY], roles: [ROLE], regions: { [REGION]: workgroups } }];
}

/** Workgroups of every kind: busy, with forgotten and degraded sessions, without sessions, and with an SQL engine. */
function defaultWorkgroups(nowMs: number): readonly WorkgroupOptions[] {
  return [
    {
      name: "etl",
      engine: PYSPARK,
      sessions: [
        { state: "IDLE", atMs: nowMs - 20 * MINUTE_MS, startMs: nowMs - HOUR_MS, description: "nightly" },
        { state: "IDLE", atMs: nowMs - 2 * HOUR_MS, startMs: nowMs - 3 * HOUR_MS, description: "hourly" },
        { state: "BUSY", atMs: nowMs - MINUTE_MS, startMs: nowMs - HOUR_MS, description: "backfill" },
        { state: "CREATED", atMs: nowMs - MINUTE_MS, description: "dbt run" },
      ],
    },
    {
      name: "notebooks",
      engine: "Apache Spark version 3.5",
      sessions: [
        { state: "IDLE", atMs: nowMs - 5 * HOUR_MS, description: HOSTILE_DESCRIPTION },
        { state: "DEGRADED", atMs: nowMs - HOUR_MS, reason: "Session has no healthy coordinators" },
        { state: "CREATING", atMs: nowMs - 30 * MINUTE_MS, description: "stuck" },
        { state: "TERMINATING", atMs: nowMs - MINUTE_MS, description: "leaving" },
      ],
    },
    { name: "quiet", engine: PYSPARK },
    { name: "sql", engine: "Athena engine version 3" },
  ];
}
