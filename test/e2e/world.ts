import { onTestFinished } from "vitest";
import { systemClock } from "../../src/clock.ts";
import type { AccountOptions } from "../../src/simulator/account.ts";
import { startSimulator, type Simulator } from "../../src/simulator/simulator.ts";
import type { SimulatorSettings } from "../../src/simulator/settings.ts";
import type { WorkgroupOptions } from "../../src/simulator/workgroup.ts";

export const ACCOUNT_ID = "111111111111";
export const REGION = "eu-west-1";
/** Distinct from every word of the exporter's, so that a leak is found by its text. */
export const KEY = {
  accessKeyId: "AKIAENDTOENDTESTS001",
  secretAccessKey: "Zq8secretOfTheEndToEndTests4vX",
};
export const ROLE = { name: "exporter", trustedAccountId: ACCOUNT_ID, externalId: "Kw7externalIdOfTheTests" };
/** What a description can hold that a page, an exposition or a terminal could stumble over. */
export const HOSTILE_DESCRIPTION = `<img src=x onerror="document.title='pwned'"> "quoted" back\\slash\nnext & 数据`;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const PYSPARK = "PySpark engine version 3";

/** An Athena on a local socket whose sessions stay as they are until the test moves them. */
export async function startWorld(
  settings: Partial<SimulatorSettings> = {},
  workgroups = stillWorkgroups(Date.now()),
): Promise<Simulator> {
  const simulator = await startSimulator({ clock: systemClock, accounts: accounts(workgroups), settings });
  onTestFinished(() => simulator.close());
  return simulator;
}

/** What an exporter needs to poll that world at once: credentials, and a rate limit that nobody waits for. */
export function environmentOf({ environment }: Simulator): Readonly<Record<string, string>> {
  return { ...environment, ATHENA_EXPORTER_CONFIG_CONTENT: "poll: {rate_limit: 1000}" };
}

function accounts(workgroups: readonly WorkgroupOptions[]): readonly AccountOptions[] {
  return [{ id: ACCOUNT_ID, keys: [KEY], roles: [ROLE], regions: { [REGION]: workgroups } }];
}

/** A workgroup of every kind: busy, with forgotten and ill sessions, empty, and one that runs no Spark. */
function stillWorkgroups(nowMs: number): readonly WorkgroupOptions[] {
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
