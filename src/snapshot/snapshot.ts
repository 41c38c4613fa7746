import type { CountedState, EndedState, LivingState } from "../sessions/session.ts";

/** A living session as of its workgroup's last successful poll. Times are Unix milliseconds. */
export interface SessionRow {
  readonly id: string;
  readonly state: CountedState;
  /** Since when it is in `state`. */
  readonly sinceMs: number;
  /** It has been starting or ending for far longer than that takes. */
  readonly isStuck: boolean;
  /** Absent where Athena told no start. */
  readonly startMs?: number;
  /** How long it has been IDLE, in seconds; absent in other states. */
  readonly idleSeconds?: number;
  readonly description: string;
  readonly engineVersion: string;
  /** StateChangeReason; empty where none. */
  readonly stateReason: string;
  /** The ARN of its IAM role; empty where it was not asked for, or not told. */
  readonly executionRole: string;
  /** Absent where they were not asked for, or not told. */
  readonly maxDpus?: number;
  readonly idleTimeoutSeconds?: number;
}

/** What one successful poll found to be true of a workgroup's sessions. Durations are in seconds, never negative. */
export interface Snapshot {
  /** When it was true, in Unix milliseconds of the exporter's clock. */
  readonly takenAtMs: number;
  readonly sessions: Readonly<Record<CountedState, number>>;
  readonly recentlyEnded: Readonly<Record<EndedState, number>>;
  /** One entry a configured threshold, ascending. */
  readonly idle: readonly { readonly minIdleSeconds: number; readonly count: number }[];
  readonly longestIdleSeconds: number;
  readonly combinedIdleSeconds: number;
  readonly oldestAgeSeconds: Readonly<Record<LivingState, number>>;
  readonly idleDpus: number;
  /** Every living session, the ones to act on first: degraded, then stuck, then longest idle. */
  readonly rows: readonly SessionRow[];
}
