import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";

/** What a process used up while it served. */
export interface CpuAndMemory {
  readonly cpuShare: number;
  readonly residentBytes: number;
}

/** The same of a process of Node.js. */
export interface ProcessCost extends CpuAndMemory {
  /** Of the event loop of the main thread. */
  readonly pauses?: Pauses;
}

export interface Pauses {
  readonly longestMs: number;
  /** A thousandth of the pauses exceed it. */
  readonly p999Ms: number;
}

export interface CostQuestion {
  readonly durationMs: number;
  /** Wakes the main thread a thousand times a second, which takes a core from others that need it: not where they compete. */
  readonly watchesPauses?: boolean;
}

const NS_PER_MS = 1e6;
/** How finely pauses are sampled; a pause is told as this much longer than it was. */
const RESOLUTION_MS = 1;

/** Watches this process for a while. */
export async function processCost({ durationMs, watchesPauses = false }: CostQuestion): Promise<ProcessCost> {
  const pauses = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  const before = process.cpuUsage();
  const startMs = performance.now();
  if (watchesPauses) pauses.enable();
  await sleep(durationMs);
  pauses.disable();
  const { user, system } = process.cpuUsage(before);
  return {
    cpuShare: (user + system) / 1000 / (performance.now() - startMs),
    residentBytes: process.memoryUsage.rss(),
    ...(watchesPauses && {
      pauses: {
        longestMs: pauses.max / NS_PER_MS - RESOLUTION_MS,
        p999Ms: pauses.percentile(99.9) / NS_PER_MS - RESOLUTION_MS,
      },
    }),
  };
}
