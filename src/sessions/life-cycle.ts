import type { SessionDurations } from "./durations.ts";
import type { CountedState, EndedState, Session } from "./session.ts";

/** How a session ended. UNKNOWN: Athena no longer knows its id. */
export type EndState = EndedState | "UNKNOWN";

/** Something that a life-cycle counter counts, once a session and kind. Durations are in seconds, absent where unknown. */
export interface LifeCycleEvent {
  readonly kind: "started" | "degraded" | "ended";
  readonly session: Session;
  /** With "ended" only. */
  readonly endState?: EndState;
  readonly ageSeconds?: number;
  /** With "ended" only: how long it had been IDLE when it ended, or began to. */
  readonly idleSeconds?: number;
  readonly idleDpuSeconds?: number;
  /** DPU-seconds that the session used in all; with details only. */
  readonly usedDpuSeconds?: number;
}

/** What has happened in a workgroup since its first successful poll. Never decreases. */
export interface LifeCycleCounters {
  readonly started: number;
  readonly ended: Readonly<Record<EndState, number>>;
  readonly degraded: number;
  readonly sessionSeconds: Readonly<Record<CountedState, number>>;
  readonly idleDpuSeconds: number;
  /** DPU-seconds used by sessions that ended; with details only. */
  readonly endedDpuSeconds: number;
  readonly durations: SessionDurations;
  /** Reconciliation listings that the page limit cut short. */
  readonly truncatedListings: number;
}

/** The numbers of events after these ones. */
export function countEvents(
  before: LifeCycleCounters,
  events: readonly LifeCycleEvent[],
): Pick<LifeCycleCounters, "started" | "ended" | "degraded"> {
  if (events.length === 0) return before;
  const count = (kind: LifeCycleEvent["kind"], endState?: EndState) =>
    events.filter((event) => event.kind === kind && event.endState === endState).length;
  return {
    started: before.started + count("started"),
    ended: {
      TERMINATED: before.ended.TERMINATED + count("ended", "TERMINATED"),
      FAILED: before.ended.FAILED + count("ended", "FAILED"),
      UNKNOWN: before.ended.UNKNOWN + count("ended", "UNKNOWN"),
    },
    degraded: before.degraded + count("degraded"),
  };
}
