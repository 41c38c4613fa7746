/**
 * The states of an active session, in the order of its life. SessionState in
 * https://docs.aws.amazon.com/athena/latest/APIReference/API_SessionStatus.html
 */
export const ACTIVE_STATES = ["CREATING", "CREATED", "IDLE", "BUSY", "TERMINATING", "DEGRADED"] as const;
export const ENDED_STATES = ["TERMINATED", "FAILED"] as const;

export type ActiveState = (typeof ACTIVE_STATES)[number];
export type EndedState = (typeof ENDED_STATES)[number];
/** UNKNOWN stands for a state that AWS adds later, and for an absent one; such a session counts as active. */
export type SessionState = ActiveState | EndedState | "UNKNOWN";
/** A state that sessions are counted by while they are active. */
export type CountedState = ActiveState | "UNKNOWN";

export const COUNTED_STATES: readonly CountedState[] = [...ACTIVE_STATES, "UNKNOWN"];

/** One session as one response of Athena shows it. Times are Unix milliseconds, absent where the response has none. */
export interface Session {
  /** Empty where absent. */
  readonly id: string;
  readonly state: SessionState;
  readonly startMs?: number | undefined;
  readonly lastModifiedMs?: number | undefined;
  readonly endMs?: number | undefined;
  readonly idleSinceMs?: number | undefined;
  /** StateChangeReason; free text. */
  readonly stateReason?: string | undefined;
  /** Free text of the user who started the session; empty where absent. */
  readonly description: string;
  /** EffectiveEngineVersion, else SelectedEngineVersion; empty where absent. */
  readonly engineVersion: string;
}

/** What only GetSession returns about a session; absent where the response has none. */
export interface SessionDetails {
  readonly coordinatorDpus?: number;
  readonly maxDpus?: number;
  readonly idleTimeoutSeconds?: number;
  /** DPU-seconds used so far. */
  readonly usedDpuSeconds?: number;
  /** The ARN of its IAM role; empty where absent. */
  readonly executionRole: string;
}

export function hasEnded(state: SessionState): state is EndedState {
  return state === "TERMINATED" || state === "FAILED";
}
