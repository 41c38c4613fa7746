import type { RunningRole } from "./running-role.ts";

export interface PollerQuestion {
  readonly polls: number;
}

/** User and system CPU time of one poll, in milliseconds. */
export interface PollerAnswer {
  readonly cpuMs: number;
}

/** Polls, one after the other. */
export interface Poller {
  poll(): Promise<void>;
  /** Resolves when the work that polls have caused is done. */
  settle(): Promise<void>;
}

/** Text is compressed when it has not changed for a while. */
export const COMPRESSION_MS = 700;

/** The role of a process that polls as often as it is asked to. */
export function measured(poller: Poller): RunningRole<true, PollerQuestion, PollerAnswer> {
  return {
    ready: true,
    async answer({ polls }) {
      const before = process.cpuUsage();
      for (let count = 0; count < polls; count += 1) await poller.poll();
      await poller.settle();
      const { user, system } = process.cpuUsage(before);
      return { cpuMs: (user + system) / 1000 / polls };
    },
  };
}
