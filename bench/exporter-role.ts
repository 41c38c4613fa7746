import { Athena } from "../src/athena/athena.ts";
import { systemClock } from "../src/clock.ts";
import { createHttpServer } from "../src/http/server.ts";
import { ExporterMetrics } from "../src/metrics/exporter-metrics.ts";
import { Exposition } from "../src/metrics/exposition.ts";
import type { SessionCalls } from "../src/poll/poll.ts";
import { ACCOUNT_ID, type FleetSize, REGION } from "./fleet.ts";
import { type ProcessCost, processCost } from "./process-cost.ts";
import type { RunningRole } from "./roles.ts";
import { remembered, WatchedFleet } from "./watched-fleet.ts";

export interface ExporterQuestion {
  readonly durationMs: number;
  readonly pollsPerSecond: number;
  /** Where a poll's answers come from: Athena's simulator over a socket, or this process' memory. */
  readonly from: "simulator" | "memory";
}

export interface ExporterAnswer extends ProcessCost {
  readonly pollsPerSecond: number;
}

/** Polls start at least so often; several at once where more are due. */
const TICK_MS = 2;
/** As many as the daemon has in flight by default in an account's region. */
const CONCURRENCY = 10;

/** The exporter's board and server, with polls while it is asked and none otherwise. */
export async function start(
  size: FleetSize,
): Promise<RunningRole<{ readonly url: string }, ExporterQuestion, ExporterAnswer>> {
  const metrics = new ExporterMetrics({ version: "", revision: "", nodeVersion: process.version }, fail);
  const fleet = new WatchedFleet(size, 0);
  const sources = { memory: remembered(size), simulator: athena(metrics) };
  await fleet.pollAll(sources.memory);
  const url = await serve(fleet, metrics);
  return {
    ready: { url },
    async answer({ durationMs, pollsPerSecond, from }) {
      const polling = startPolling(fleet, sources[from], pollsPerSecond);
      const cost = await processCost(durationMs);
      return { ...cost, pollsPerSecond: (1000 * polling.stop()) / durationMs };
    },
  };
}

function athena(metrics: ExporterMetrics): Athena {
  return new Athena({
    region: REGION,
    timeoutMs: 10_000,
    version: "bench",
    clock: systemClock,
    observer: (attempt) => metrics.recordAttempt({ accountId: ACCOUNT_ID, region: REGION, ...attempt }),
  });
}

async function serve({ board }: WatchedFleet, metrics: ExporterMetrics): Promise<string> {
  const exposition = new Exposition(
    {
      version: () => board.version(),
      workgroups: () => board.rendered(),
      accounts: () => board.accounts(),
    },
    (format) => metrics.text(format),
    systemClock,
  );
  const server = createHttpServer({
    telemetryPath: "/metrics",
    maxRequests: 40,
    clock: systemClock,
    body: (format) => exposition.body(format),
    isReady: () => true,
    page: () => ({ version: "", telemetryPath: "/metrics", accounts: [], workgroups: [] }),
    onError: fail,
  });
  const [address] = await server.listen([{ host: "127.0.0.1", port: 0 }]);
  return `http://127.0.0.1:${address?.port}/metrics`;
}

/** Keeps to the rate while it can; `stop` gives how many polls were started. */
function startPolling(fleet: WatchedFleet, calls: SessionCalls, pollsPerSecond: number): { stop(): number } {
  const startMs = performance.now();
  let started = 0;
  let inFlight = 0;
  const pollNext = async () => {
    started += 1;
    inFlight += 1;
    await fleet.pollNext(calls);
    inFlight -= 1;
  };
  const timer = setInterval(() => {
    const due = ((performance.now() - startMs) * pollsPerSecond) / 1000;
    const starts = Math.min(due - started, CONCURRENCY - inFlight);
    for (let count = 0; count < starts; count += 1) pollNext().catch(fail);
  }, TICK_MS);
  return {
    stop() {
      clearInterval(timer);
      return started;
    },
  };
}

/** A benchmark of something that fails says nothing. */
function fail(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
}
