import type { CountedState } from "./session.ts";

/** What has happened in a workgroup since its first successful poll. Never decreases. */
export interface LifeCycleCounters {
  readonly started: number;
  /** UNKNOWN: it vanished, and Athena tells nothing more of it. */
  readonly ended: Readonly<Record<"TERMINATED" | "FAILED" | "UNKNOWN", number>>;
  readonly degraded: number;
  readonly sessionSeconds: Readonly<Record<CountedState, number>>;
  readonly idleDpuSeconds: number;
  /** DPU-seconds used by sessions that ended, as far as details are asked for. */
  readonly endedDpuSeconds: number;
  /** Reconciling listings that the page cap cut short. */
  readonly truncatedListings: number;
}
