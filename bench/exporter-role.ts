import { Athena } from "../src/athena/athena.ts";
import { OwnCredentials } from "../src/athena/own-credentials.ts";
import { systemClock } from "../src/clock.ts";
import { ExporterMetrics } from "../src/metrics/exporter-metrics.ts";
import type { SessionCalls } from "../src/poll/poll.ts";
import { type FleetSize, REGION } from "./fleet.ts";
import { type CostQuestion, type ProcessCost, processCost } from "./process-cost.ts";
import type { RunningRole } from "./running-role.ts";
import { answersFromMemory, type PolledFleet } from "./polled-fleet.ts";
import { startServedFleet } from "./served-fleet.ts";

export interface ExporterSettings {
  readonly size: FleetSize;
  /** How many sessions of a workgroup have per-session series. */
  readonly sessionLimit: number;
}

export interface ExporterQuestion extends CostQuestion {
  /** 0 for none. */
  readonly pollsPerSecond: number;
}

export interface ExporterAnswer extends ProcessCost {
  readonly pollsPerSecond: number;
}

/** Polls start at least so often; several at once where more are due. */
const TICK_MS = 2;
/** As many as the daemon has in flight by default in an account and region. */
const CONCURRENCY = 10;

/** The exporter's board and server, which polls the simulator through the SDK as it is asked to. */
export async function start({
  size,
  sessionLimit,
}: ExporterSettings): Promise<RunningRole<{ readonly url: string }, ExporterQuestion, ExporterAnswer>> {
  const metrics = new ExporterMetrics({ version: "", revision: "", nodeVersion: process.version }, fail);
  const { fleet, serving, settle } = startServedFleet(size, sessionLimit, metrics, fail);
  // As in the daemon, no poll starts before the thread has, since the heap is not kept small until then.
  await settle();
  const { key } = fleet.accountRegion;
  metrics.addAccountRegion(key, fleet.accountRegion, ["ListSessions"]);
  const calls = athena(key, metrics);
  await fleet.pollAll(answersFromMemory(size));
  await settle();
  const [address] = await serving.listen([{ host: "127.0.0.1", port: 0 }]);
  const url = `http://127.0.0.1:${address?.port}/metrics`;
  return {
    ready: { url },
    async answer({ pollsPerSecond, ...question }) {
      const polling = pollsPerSecond === 0 ? undefined : startPolling(fleet, calls, pollsPerSecond);
      const cost = await processCost(question);
      const polls = (await polling?.stop()) ?? 0;
      return { ...cost, pollsPerSecond: (1000 * polls) / question.durationMs };
    },
  };
}

function athena(key: string, metrics: ExporterMetrics): Athena {
  return new Athena({
    region: REGION,
    ownCredentials: new OwnCredentials(systemClock),
    timeoutMs: 10_000,
    version: "bench",
    clock: systemClock,
    observer: (attempt) => metrics.recordAttempt(key, attempt),
  });
}

/** Keeps to the rate while it can; `stop` waits for the polls in flight, and gives how many were started. */
function startPolling(
  fleet: PolledFleet,
  calls: SessionCalls,
  pollsPerSecond: number,
): { stop(): Promise<number> } {
  const startMs = performance.now();
  const inFlight = new Set<Promise<void>>();
  let started = 0;
  const pollNext = () => {
    started += 1;
    const poll = fleet.pollNext(calls).catch(fail);
    inFlight.add(poll);
    void poll.then(() => inFlight.delete(poll));
  };
  const timer = setInterval(() => {
    const due = ((performance.now() - startMs) * pollsPerSecond) / 1000;
    const starts = Math.min(due - started, CONCURRENCY - inFlight.size);
    for (let count = 0; count < starts; count += 1) pollNext();
  }, TICK_MS);
  return {
    async stop() {
      clearInterval(timer);
      await Promise.all(inFlight);
      return started;
    },
  };
}

/** A benchmark of something that fails says nothing. */
function fail(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
}
