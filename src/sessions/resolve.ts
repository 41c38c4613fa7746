import type { CallPlan, StateFilter } from "./call.ts";
import type { Listing } from "./listing.ts";
import type { PollObservations } from "./poll-observations.ts";
import type { ActiveState } from "./session.ts";
import type { ActiveSession } from "./tracker.ts";

/** Up to this many, looking up each missing session costs no more than a listing. */
const MAX_LOOKUPS_BEFORE_LISTING = 2;
/** Up to this many, looking up each costs about as much as the listings that are unlikely to show them. */
const MAX_LOOKUPS_BEFORE_UNLIKELY_LISTING = 4;
/** Sessions beyond this keep their state until the next poll, so that a mass end leaves requests to other workgroups. */
const MAX_LOOKUPS = 50;
/** After these, another page of history is read only while the last one resolved more than one missing session. */
const MIN_HISTORY_PAGES = 2;
/** Active states that an unfiltered listing may leave out. */
const HIDDEN_STATES: readonly ActiveState[] = ["DEGRADED", "TERMINATING"];
const UNLIKELY_FILTERS: readonly StateFilter[] = ["TERMINATING", "DEGRADED", "FAILED"];

/**
 * Finds the state of sessions that a complete unfiltered listing did not show. A missing session is never taken for an ended one: a
 * hidden active state, a listing that lags, and an end look alike.
 */
export function* resolveMissing(observations: PollObservations): CallPlan<void> {
  const missing = observations.missing();
  if (missing.length > MAX_LOOKUPS_BEFORE_LISTING) yield* listByState(observations, missing);
  const notFoundFirst = observations.missing().sort((a, b) => b.notFoundPolls - a.notFoundPolls);
  for (const { session } of notFoundFirst.slice(0, MAX_LOOKUPS)) yield* observations.lookUp(session.id);
}

function* listByState(observations: PollObservations, missing: readonly ActiveSession[]): CallPlan<void> {
  const lastStates = new Set(missing.map(({ state }) => state));
  const likely: StateFilter[] = [...HIDDEN_STATES.filter((state) => lastStates.has(state)), "TERMINATED"];
  for (const filter of likely) yield* listWhileMissing(MAX_LOOKUPS_BEFORE_LISTING, filter, observations);
  for (const filter of UNLIKELY_FILTERS) {
    yield* listWhileMissing(MAX_LOOKUPS_BEFORE_UNLIKELY_LISTING, filter, observations);
  }
}

/** Lists `filter` if more than `maxMissing` sessions are missing. */
function* listWhileMissing(
  maxMissing: number,
  filter: StateFilter,
  observations: PollObservations,
): CallPlan<void> {
  if (observations.missing().length <= maxMissing) return;
  if (filter === "TERMINATED" || filter === "FAILED") {
    yield* observations.listUntil(filter, historyIsEnough(observations, maxMissing));
  } else {
    yield* observations.list(filter);
  }
}

function historyIsEnough(observations: PollObservations, maxMissing: number): (listing: Listing) => boolean {
  // Before this reads a page, a reconciliation listing may have read some.
  let missingBefore = Infinity;
  return (listing) => {
    const missing = observations.missing();
    const settled = missingBefore - missing.length;
    missingBefore = missing.length;
    return (
      missing.length <= maxMissing ||
      listing.oldestStartMs < oldestStartMs(missing) ||
      (listing.pagesRead >= MIN_HISTORY_PAGES && settled <= 1)
    );
  };
}

/** In Unix milliseconds; -Infinity where a session has no start, because it may then be on any page. */
function oldestStartMs(sessions: readonly ActiveSession[]): number {
  return sessions.reduce((oldest, { session }) => Math.min(oldest, session.startMs ?? -Infinity), Infinity);
}
