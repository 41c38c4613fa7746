import type { Caller } from "./caller.ts";

/** The operations that start and end sessions. Systems Manager has operations of the same names. */
export const SESSION_OPERATIONS = ["StartSession", "TerminateSession"] as const;
export type SessionOperation = (typeof SESSION_OPERATIONS)[number];

/** Which events of CloudTrail to look up. Times are Unix milliseconds, both included. */
export interface EventQuery {
  readonly operation: SessionOperation;
  readonly fromMs: number;
  readonly toMs: number;
  readonly nextToken?: string;
}

/** A successful call of Athena, as CloudTrail recorded it. */
export interface SessionEvent {
  readonly operation: SessionOperation;
  readonly sessionId: string;
  readonly caller: Caller;
}

/** One page of events, newest first. */
export interface EventPage {
  /** Those that are about a session of Athena. */
  readonly events: readonly SessionEvent[];
  /** When the oldest of all events of the page happened, in Unix milliseconds; absent where it has none. */
  readonly oldestMs?: number;
  readonly nextToken?: string | undefined;
}
