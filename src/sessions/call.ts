import { AwsFailure } from "../failure.ts";
import type { EndedState, LivingState, Session, SessionDetails } from "./session.ts";

/** A state that ListSessions can be asked for. */
export type StateFilter = LivingState | EndedState;

/** One API call that a poll needs next. */
export type Call =
  | { readonly operation: "ListSessions"; readonly stateFilter?: StateFilter; readonly nextToken?: string }
  | { readonly operation: "GetSessionStatus"; readonly sessionId: string }
  /** `isOptional`: the poll is complete without an answer. */
  | { readonly operation: "GetSession"; readonly sessionId: string; readonly isOptional: boolean };

export interface Page {
  readonly kind: "page";
  readonly sessions: readonly Session[];
  readonly nextToken?: string;
  /** When the page was asked for, in Unix milliseconds of AWS' clock. */
  readonly requestedAtMs: number;
}

/** What a call brought. A call that failed in any other way ends the poll, so it has no answer. */
export type Answer =
  | Page
  | { readonly kind: "session"; readonly session: Session; readonly details?: SessionDetails }
  /** Athena knows no session by that id. */
  | { readonly kind: "not_found" }
  /** The lookup of single sessions is not permitted. */
  | { readonly kind: "denied" }
  /** An optional call failed. */
  | { readonly kind: "unanswered" };

/** A conversation with Athena: yields the call it needs, is resumed with the answer, returns what came of it. */
export type Conversation<Outcome> = Generator<Call, Outcome, Answer>;

/** Asks for one page of a listing. */
export function* askForPage(
  stateFilter: StateFilter | undefined,
  nextToken: string | undefined,
): Conversation<Page> {
  const answer = yield {
    operation: "ListSessions",
    ...(stateFilter !== undefined && { stateFilter }),
    ...(nextToken !== undefined && { nextToken }),
  };
  if (answer.kind !== "page") {
    throw new AwsFailure(
      "malformed_response",
      "ListSessions",
      `a listing was answered with "${answer.kind}"`,
    );
  }
  return answer;
}
