import {
  COUNTED_STATES,
  type CountedState,
  type EndedState,
  type Session,
  type SessionDetails,
} from "./session.ts";
import type { StateFilter } from "./call.ts";
import type { LifeCycleCounters } from "./life-cycle.ts";

/** The filters that reconciling listings use, in the order in which they take turns. */
export const RECONCILING_FILTERS = ["FAILED", "TERMINATED", "DEGRADED"] as const;
/** All that an unfiltered listing may leave out, in the order of a session's life. */
const FIRST_FILTERS = ["DEGRADED", "TERMINATING", "FAILED", "TERMINATED"] as const;

/** A session that lives, as far as is known. Times are Unix milliseconds of AWS' clock. */
export interface LivingSession {
  /** As Athena showed it last. */
  readonly session: Session;
  readonly state: CountedState;
  readonly sinceMs: number;
  /** Up to when its seconds are in the counters. */
  readonly accountedToMs: number;
  /** Polls in a row that neither saw it nor learned of its end; 0 while it is seen. */
  readonly absences: number;
  readonly degradedCounted: boolean;
  /** It was taken for ended before, and is not counted again when it ends. */
  readonly endCounted: boolean;
  /** Absent until GetSession told them, and where it is not asked. */
  readonly details?: SessionDetails;
}

/** A session that has ended, kept so that it is counted once. */
export interface EndedSession {
  readonly state: EndedState | "UNKNOWN";
  readonly startMs: number;
  readonly endMs: number;
  readonly lastModifiedMs: number;
  readonly degradedCounted: boolean;
  /** Its used DPU-seconds are still to be asked for. */
  readonly awaitsUsage: boolean;
}

/** All that is remembered of a workgroup's sessions between two polls. Immutable: a poll that fails leaves it as it was. */
export interface Tracker {
  readonly living: ReadonlyMap<string, LivingSession>;
  readonly ended: ReadonlyMap<string, EndedSession>;
  /** The states of sessions shown without an id: counted as living, but nothing can be followed from poll to poll. */
  readonly unidentified: readonly CountedState[];
  readonly counters: LifeCycleCounters;
  /** Successful polls. */
  readonly polls: number;
  /** When the first successful poll was, by AWS' clock: what had started before is no event. */
  readonly baselineMs: number;
  /** When the last successful poll was, by AWS' clock. */
  readonly polledAtMs: number;
  readonly polledAtMonotonicMs: number;
  /** An ended session that started before this, and is not known, may have been counted and forgotten. */
  readonly countFromMs: Readonly<Record<EndedState, number>>;
  /** The filters that were never asked for, in the order in which they will be. */
  readonly unasked: readonly StateFilter[];
  /** Index of the reconciling filter whose turn is next. */
  readonly nextFilter: number;
  readonly pollsUntilReconciling: number;
  readonly reconciledAtMonotonicMs: number;
  /** Before this poll GetSessionStatus is not tried, because it was denied. */
  readonly lookupsDeniedUntilPoll: number;
}

const zeroes = Object.fromEntries(COUNTED_STATES.map((state) => [state, 0])) as Record<CountedState, number>;

/** A workgroup that was never polled. */
export const newTracker: Tracker = {
  living: new Map(),
  ended: new Map(),
  unidentified: [],
  counters: {
    started: 0,
    ended: { TERMINATED: 0, FAILED: 0, UNKNOWN: 0 },
    degraded: 0,
    sessionSeconds: zeroes,
    idleDpuSeconds: 0,
    endedDpuSeconds: 0,
    truncatedListings: 0,
  },
  polls: 0,
  baselineMs: 0,
  polledAtMs: 0,
  polledAtMonotonicMs: 0,
  countFromMs: { TERMINATED: 0, FAILED: 0 },
  unasked: FIRST_FILTERS,
  nextFilter: 0,
  pollsUntilReconciling: 0,
  reconciledAtMonotonicMs: 0,
  lookupsDeniedUntilPoll: 0,
};
