import { LIVING_STATES, type LivingState } from "./session.ts";
import type { Conversation, StateFilter } from "./call.ts";
import type { Inquiry } from "./poll-observations.ts";
import type { Listing } from "./listing.ts";
import type { LivingSession } from "./tracker.ts";

/** So few are looked up at once: a listing could not cost less. */
const FEW = 2;
/** Looking up so many costs about as much as the listings that seldom tell. */
const SOME = 4;
/** The rest keeps its state until the next poll, so that a mass end leaves other workgroups their share of calls. */
const MAX_LOOKUPS = 50;
const HISTORY_PAGES = 2;
/** Living, and perhaps not in an unfiltered listing. */
const HIDDEN_STATES: readonly LivingState[] = ["DEGRADED", "TERMINATING"];

/**
 * Finds out what became of the sessions that a complete unfiltered listing did not show. Being absent is never taken for
 * an end: an active state that the listing leaves out, a lag and a real end look alike.
 */
export function* resolveMissing(inquiry: Inquiry): Conversation<void> {
  const missingCount = inquiry.missing().length;
  if (missingCount === 0) return;
  if (missingCount <= FEW) yield* lookUp(inquiry);
  yield* askByState(inquiry);
  yield* lookUp(inquiry);
  if (inquiry.wasDenied) yield* askByState(inquiry);
}

function* lookUp(inquiry: Inquiry): Conversation<void> {
  const mostAbsentFirst = inquiry.missing().sort((a, b) => b.absences - a.absences);
  for (const { session } of mostAbsentFirst.slice(0, MAX_LOOKUPS)) {
    if (!inquiry.mayLookUp) return;
    yield* inquiry.lookUp(session.id);
  }
}

function* askByState(inquiry: Inquiry): Conversation<void> {
  const lastSeenIn = new Set(inquiry.missing().map(({ state }) => state));
  const suspected = inquiry.mayLookUp ? HIDDEN_STATES : LIVING_STATES;
  const likely: StateFilter[] = [...suspected.filter((state) => lastSeenIn.has(state)), "TERMINATED"];
  const unlikely: StateFilter[] = ["TERMINATING", "DEGRADED", "FAILED"];
  for (const filter of likely) yield* askWhileOver(FEW, filter, inquiry);
  for (const filter of unlikely) yield* askWhileOver(SOME, filter, inquiry);
}

/** Lists `filter` if more are missing than what lookups settle as cheaply. */
function* askWhileOver(cheapCount: number, filter: StateFilter, inquiry: Inquiry): Conversation<void> {
  const enough = inquiry.mayLookUp ? cheapCount : 0;
  if (inquiry.missing().length <= enough) return;
  if (filter === "TERMINATED" || filter === "FAILED") {
    yield* inquiry.listUntil(filter, historyIsEnough(inquiry, enough));
  } else {
    yield* inquiry.list(filter);
  }
}

/** History is long: a page after the first two is worth its call while the one before settled more than a lookup does. */
function historyIsEnough(inquiry: Inquiry, enough: number): (listing: Listing) => boolean {
  let missingBefore = inquiry.missing().length;
  return (listing) => {
    const missing = inquiry.missing();
    const settled = missingBefore - missing.length;
    missingBefore = missing.length;
    return (
      missing.length <= enough ||
      listing.oldestStartMs < oldestStartMs(missing) ||
      (listing.pagesRead >= HISTORY_PAGES && settled <= 1)
    );
  };
}

/** The start of the oldest, or -Infinity where one has none, since it may then be on any page. */
function oldestStartMs(sessions: readonly LivingSession[]): number {
  return sessions.reduce((oldest, { session }) => Math.min(oldest, session.startMs ?? -Infinity), Infinity);
}
