import { hasEnded, type Session } from "./session.ts";

/** Every field of a session. The type makes a new field of Session an error until it is listed here. */
const FIELDS = {
  id: true,
  state: true,
  startMs: true,
  lastModifiedMs: true,
  endMs: true,
  idleSinceMs: true,
  stateReason: true,
  description: true,
  engineVersion: true,
} as const satisfies Readonly<Record<keyof Session, true>>;

const FIELD_NAMES = Object.keys(FIELDS) as (keyof Session)[];

/**
 * Merges two responses about one session: the one with the later LastModifiedDateTime holds, at a tie the one that shows an end,
 * else the later response. Fields that never change are taken from either, because lookups return less than listings.
 */
export function mergeSessions(earlierResponse: Session, laterResponse: Session): Session {
  const difference = modifiedMs(laterResponse) - modifiedMs(earlierResponse);
  const laterHolds = difference === 0 ? !hasEnded(earlierResponse.state) : difference > 0;
  return laterHolds
    ? completeSession(laterResponse, earlierResponse)
    : completeSession(earlierResponse, laterResponse);
}

/**
 * Completes a session with the fields of `other` that never change. Returns `other` itself where the two are equal: most sessions do
 * not change between polls, and comparing them costs less than keeping copies.
 */
export function completeSession(session: Session, other: Session): Session {
  const isComplete =
    session.startMs !== undefined && session.description !== "" && session.engineVersion !== "";
  const completed = isComplete ? session : withConstants(session, other);
  return FIELD_NAMES.every((field) => completed[field] === other[field]) ? other : completed;
}

function withConstants(session: Session, other: Session): Session {
  const startMs = session.startMs ?? other.startMs;
  return {
    ...session,
    ...(startMs !== undefined && { startMs }),
    description: session.description === "" ? other.description : session.description,
    engineVersion: session.engineVersion === "" ? other.engineVersion : session.engineVersion,
  };
}

function modifiedMs(session: Session): number {
  return session.lastModifiedMs ?? session.endMs ?? 0;
}
