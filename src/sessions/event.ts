import type { EndedState, Session } from "./session.ts";

/** Something that a life-cycle counter counts, once a session and kind. Durations in seconds, absent where unknown. */
export interface LifeCycleEvent {
  readonly kind: "started" | "degraded" | "ended";
  readonly session: Session;
  /** With "ended" only. UNKNOWN: it vanished, and Athena tells nothing more of it. */
  readonly endState?: EndedState | "UNKNOWN";
  readonly ageSeconds?: number;
  readonly idleSeconds?: number;
  readonly idleDpuSeconds?: number;
  /** Used in all; told where details are asked for. */
  readonly usedDpuSeconds?: number;
}
