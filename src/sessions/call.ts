import { ApiError, type FailureReason } from "../failure.ts";
import type { ActiveState, EndedState, Session, SessionDetails } from "./session.ts";

/** A state that ListSessions can filter by. */
export type StateFilter = ActiveState | EndedState;

/** One API call that a poll needs next. */
export type Call =
  | {
      readonly operation: "ListSessions";
      readonly stateFilter?: StateFilter | undefined;
      readonly nextToken?: string | undefined;
    }
  | { readonly operation: "GetSessionStatus"; readonly sessionId: string }
  | { readonly operation: "GetSession"; readonly sessionId: string };

/** One page of ListSessions. */
export interface SessionPage {
  readonly sessions: readonly Session[];
  readonly nextToken?: string | undefined;
}

/** The answer to a call. A call that fails in any other way ends the poll, so it has no answer. */
export type Answer =
  | { readonly kind: "page"; readonly page: SessionPage }
  | { readonly kind: "session"; readonly session: Session; readonly details?: SessionDetails }
  /** Athena knows no session by that id. */
  | { readonly kind: "not_found" }
  /** GetSession failed: details are optional, so the poll continues without them. */
  | { readonly kind: "no_details"; readonly reason: FailureReason };

/** When an answer was requested. */
export interface AnswerTime {
  /** When the last attempt was sent, in monotonic milliseconds: a response shows what holds then or a little later. */
  readonly sentAtMs: number;
  /** AWS' clock less the monotonic one, in milliseconds, as estimated from all responses so far. */
  readonly awsOffsetMs: number;
}

export interface TimedAnswer extends AnswerTime {
  readonly answer: Answer;
}

/** A sequence of API calls as a generator: it yields the call that it needs, is resumed with the answer, and returns the outcome. */
export type CallPlan<Outcome> = Generator<Call, Outcome, TimedAnswer>;

/** Requests one page of a listing. */
export function* requestPage(
  stateFilter: StateFilter | undefined,
  nextToken: string | undefined,
): CallPlan<SessionPage & AnswerTime> {
  const { answer, sentAtMs, awsOffsetMs } = yield { operation: "ListSessions", stateFilter, nextToken };
  if (answer.kind !== "page") {
    throw new ApiError("other", "ListSessions", `the answer to ListSessions is of the kind "${answer.kind}"`);
  }
  const { page } = answer;
  return { sessions: page.sessions, nextToken: page.nextToken, sentAtMs, awsOffsetMs };
}
