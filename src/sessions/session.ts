/**
 * States of an Athena session that is alive, in the order of its life. SessionState in the Athena API reference:
 * https://docs.aws.amazon.com/athena/latest/APIReference/API_SessionStatus.html
 */
export const LIVING_STATES = ["CREATING", "CREATED", "IDLE", "BUSY", "TERMINATING", "DEGRADED"] as const;
export const ENDED_STATES = ["TERMINATED", "FAILED"] as const;

export type LivingState = (typeof LIVING_STATES)[number];
export type EndedState = (typeof ENDED_STATES)[number];
/** UNKNOWN stands for a state that AWS adds later, or for none told; it counts as living. */
export type SessionState = LivingState | EndedState | "UNKNOWN";
/** The states that a session can live in, as they are counted. */
export type CountedState = LivingState | "UNKNOWN";

export const COUNTED_STATES: readonly CountedState[] = [...LIVING_STATES, "UNKNOWN"];

/** One session as one answer of Athena showed it. Times are Unix milliseconds, absent where Athena told none. */
export interface Session {
  readonly id: string;
  readonly state: SessionState;
  readonly startMs?: number;
  readonly lastModifiedMs?: number;
  readonly endMs?: number;
  readonly idleSinceMs?: number;
  /** StateChangeReason; free text. */
  readonly stateReason?: string;
  /** Free text of whoever started the session; empty where absent. */
  readonly description: string;
  /** EffectiveEngineVersion, else SelectedEngineVersion; empty where absent. */
  readonly engineVersion: string;
}

/** What only GetSession tells of a session; absent where AWS gives none. */
export interface SessionDetails {
  readonly coordinatorDpus?: number;
  readonly maxDpus?: number;
  readonly idleTimeoutSeconds?: number;
  /** DPU-seconds that it has used so far. */
  readonly usedDpuSeconds?: number;
  /** The ARN of its IAM role; empty where absent. */
  readonly executionRole: string;
}

export function hasEnded(state: SessionState): state is EndedState {
  return state === "TERMINATED" || state === "FAILED";
}
