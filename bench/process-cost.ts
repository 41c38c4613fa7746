import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";

/** What a process used up while it served. */
export interface CpuAndMemory {
  readonly cpuShare: number;
  readonly residentBytes: number;
}

/** The same of a process of Node.js. */
export interface ProcessCost extends CpuAndMemory {
  /** The longest pause of the event loop, and the one that a thousandth of the pauses exceed, in milliseconds. */
  readonly longestPauseMs: number;
  readonly pauseP999Ms: number;
}

const NS_PER_MS = 1e6;
/** How finely pauses are sampled; a pause is told as this much longer than it was. */
const RESOLUTION_MS = 1;

/** Watches this process for a while. */
export async function processCost(durationMs: number): Promise<ProcessCost> {
  const pauses = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  const before = process.cpuUsage();
  const startMs = performance.now();
  pauses.enable();
  await sleep(durationMs);
  pauses.disable();
  const { user, system } = process.cpuUsage(before);
  return {
    cpuShare: (user + system) / 1000 / (performance.now() - startMs),
    longestPauseMs: pauses.max / NS_PER_MS - RESOLUTION_MS,
    pauseP999Ms: pauses.percentile(99.9) / NS_PER_MS - RESOLUTION_MS,
    residentBytes: process.memoryUsage.rss(),
  };
}
