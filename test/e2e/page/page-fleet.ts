import type { SessionOptions, WorkgroupOptions } from "../../../src/simulator/workgroup.ts";
import { type Exporter, startExporter } from "../exporter.ts";
import { until } from "../until.ts";
import { HOSTILE_DESCRIPTION, startTestSimulator } from "../test-simulator.ts";

const MINUTE_MS = 60_000;
/** Enough for a slow machine: readiness takes at most one minute. */
const READY_TIMEOUT_MS = 2 * MINUTE_MS;
const ENGINE = "PySpark engine version 3";
const TEAMS = ["etl", "notebooks", "dbt", "ml", "ad-hoc"];
export const GRAFANA_URL = "https://grafana.example.net/sub";

/** Starts a fleet with every condition that the status page can show, and returns its exporter once that is ready. */
export async function startFleet(workgroups: number): Promise<Exporter> {
  const nowMs = Date.now();
  const simulator = await startTestSimulator(
    {},
    Array.from({ length: workgroups }, (_, index) => workgroupOf(index, nowMs)),
  );
  simulator.faults.add({ kind: "access-denied", workgroup: nameOf(11) });
  const config = "poll: {rate_limit: 10000, concurrency: 100, interval: 1h}";
  const environment = { ...simulator.environment, ATHENA_EXPORTER_CONFIG_CONTENT: config };
  const exporter = await startExporter([`--web.grafana-url=${GRAFANA_URL}`], { environment });
  await until("the exporter to be ready", () => exporter.isReady(), READY_TIMEOUT_MS);
  return exporter;
}

function nameOf(index: number): string {
  return `${TEAMS[index % TEAMS.length]}-${index}`;
}

function workgroupOf(index: number, nowMs: number): WorkgroupOptions {
  return { name: nameOf(index), engine: ENGINE, sessions: sessionsOf(index, nowMs) };
}

function sessionsOf(index: number, nowMs: number): readonly SessionOptions[] {
  const since = (minutes: number) => ({
    atMs: nowMs - minutes * MINUTE_MS,
    startMs: nowMs - 500 * MINUTE_MS,
  });
  const all: readonly [boolean, SessionOptions][] = [
    [index % 3 === 0, { state: "IDLE", ...since(index % 300), description: "nightly load of orders" }],
    [index % 4 === 0, { state: "BUSY", ...since(1), description: HOSTILE_DESCRIPTION }],
    [index % 17 === 5, { state: "DEGRADED", ...since(50), reason: "Session has no healthy coordinators" }],
    [index % 19 === 7, { state: "CREATING", atMs: nowMs - 35 * MINUTE_MS, description: "backfill" }],
    [index % 19 === 8, { state: "TERMINATING", ...since(35), description: "leaving" }],
  ];
  return all.filter(([exists]) => exists).map(([, session]) => session);
}
