import { setTimeout as sleep } from "node:timers/promises";
import { Athena } from "../src/athena/athena.ts";
import { OwnCredentials } from "../src/athena/own-credentials.ts";
import { systemClock } from "../src/clock.ts";
import { ExporterMetrics } from "../src/metrics/exporter-metrics.ts";
import { type FleetSize, REGION } from "./fleet.ts";
import { COMPRESSION_MS, measured, type PollerAnswer, type PollerQuestion } from "./measured-poller.ts";
import type { RunningRole } from "./running-role.ts";
import { startServedFleet } from "./served-fleet.ts";

const SESSION_LIMIT = 100;

/** All of a poll: API calls, tracking sessions, the snapshot, its text, and its compression. */
export async function start(size: FleetSize): Promise<RunningRole<true, PollerQuestion, PollerAnswer>> {
  const metrics = new ExporterMetrics({ version: "", revision: "", nodeVersion: process.version }, () => {});
  const { fleet, settle } = startServedFleet(size, SESSION_LIMIT, metrics, fail);
  // As in the daemon, no poll starts before the thread has, since the heap is not kept small until then.
  await settle();
  const { key } = fleet.accountRegion;
  metrics.addAccountRegion(key, fleet.accountRegion, ["ListSessions"]);
  const athena = new Athena({
    region: REGION,
    ownCredentials: new OwnCredentials(systemClock),
    timeoutMs: 10_000,
    version: "bench",
    clock: systemClock,
    observer: (attempt) => metrics.recordAttempt(key, attempt),
  });
  await fleet.pollAll(athena);
  return measured({
    poll: () => fleet.pollNext(athena),
    async settle() {
      await settle();
      await sleep(COMPRESSION_MS);
    },
  });
}

function fail(error: unknown): never {
  throw error;
}
