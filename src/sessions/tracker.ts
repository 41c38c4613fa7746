import { newDurations } from "./durations.ts";
import { EndedSessions } from "./ended-sessions.ts";
import type { IdleUse } from "./idle-use.ts";
import type { LifeCycleCounters } from "./life-cycle.ts";
import { newReconciliation, type Reconciliation } from "./reconciliation.ts";
import { COUNTED_STATES, type CountedState, type Session, type SessionDetails } from "./session.ts";

/**
 * An active session, as far as is known. Times are Unix milliseconds of AWS' clock. What polls change of every session is in the tracker,
 * so that a session that stays as it is stays the same object: thousands of new ones a second would cost more than all the rest of a poll.
 */
export interface ActiveSession {
  /** As of the latest response. */
  readonly session: Session;
  readonly state: CountedState;
  readonly sinceMs: number;
  /** When a response last showed it like this, in monotonic milliseconds; absent: when the last successful poll began. */
  readonly shownAtMonotonicMs: number | undefined;
  /** Until when its seconds are in the counters, in monotonic milliseconds; absent: until the last successful poll began. */
  readonly countedUntilMonotonicMs: number | undefined;
  readonly idleUse: IdleUse;
  /** Polls in a row for which Athena did not know its id. */
  readonly notFoundPolls: number;
  readonly degradedCounted: boolean;
  /** How long it had been IDLE when it began to end; only while it is TERMINATING. */
  readonly idleBeforeEndSeconds: number | undefined;
  /** Its start was counted, and it has not been usable yet. */
  readonly awaitsStartup: boolean;
  /** Its end was counted before it showed up again, and is not counted a second time. */
  readonly endCounted: boolean;
  /** Absent until GetSession has returned them. */
  readonly details: SessionDetails | undefined;
}

/** Gives `before` where the two have the same sessions. */
export function sameOrNewSessions(before: Tracker["active"], now: Tracker["active"]): Tracker["active"] {
  if (before.size !== now.size) return now;
  for (const [id, session] of now) if (before.get(id) !== session) return now;
  return before;
}

/** What is remembered of a workgroup's sessions between two polls. Immutable: a poll that fails leaves it as it was. */
export interface Tracker {
  readonly active: ReadonlyMap<string, ActiveSession>;
  readonly ended: EndedSessions;
  /** The states of active sessions without an id, which cannot be recognized in the next poll. */
  readonly unidentified: readonly CountedState[];
  readonly counters: LifeCycleCounters;
  /** Successful polls. */
  readonly polls: number;
  /** When the first successful poll was: what happened before it is no event. */
  readonly baselineMonotonicMs: number;
  /** When the last successful poll requested its first page, by AWS' clock and by the monotonic one. */
  readonly polledAtMs: number;
  readonly polledAtMonotonicMs: number;
  readonly reconciliation: Reconciliation;
}

const zeroes = Object.fromEntries(COUNTED_STATES.map((state) => [state, 0])) as Record<CountedState, number>;

/** The tracker of a workgroup before its first successful poll. */
export const newTracker: Tracker = {
  active: new Map(),
  ended: EndedSessions.empty(),
  unidentified: [],
  counters: {
    started: 0,
    ended: { TERMINATED: 0, FAILED: 0, UNKNOWN: 0 },
    degraded: 0,
    sessionSeconds: zeroes,
    idleDpuSeconds: 0,
    endedDpuSeconds: 0,
    durations: newDurations,
    truncatedListings: 0,
  },
  polls: 0,
  baselineMonotonicMs: 0,
  polledAtMs: 0,
  polledAtMonotonicMs: 0,
  reconciliation: newReconciliation,
};
