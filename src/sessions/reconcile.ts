import type { CallPlan, StateFilter } from "./call.ts";
import type { Listing } from "./listing.ts";
import type { PollObservations } from "./poll-observations.ts";
import { hasEnded, type EndedState } from "./session.ts";

/** Ended sessions are listed for months, so a listing of them is cut off after this many pages. */
const MAX_HISTORY_PAGES = 5;
/** What is read of the sessions that ended before the first poll. */
const BASELINE_HISTORY_PAGES = 2;

/** How far back ended sessions are listed. Times are Unix milliseconds of AWS' clock. */
export interface HistoryReach {
  /** The first poll reads two pages of each state: what ended before it is no event. */
  readonly isBaseline: boolean;
  /** When the first poll was: the first listing of a state after it must read back to here. */
  readonly baselineMs: number;
  /** What a later listing of a state must read back to; -Infinity before the first. */
  readonly coveredMs: Readonly<Record<EndedState, number>>;
}

/**
 * Lists each filter, in the order of a session's life: a session that moves on meanwhile is seen once or twice, never missed.
 * Returns how many listings the page limit cut short.
 */
export function* listFilters(
  observations: PollObservations,
  filters: readonly StateFilter[],
  reach: HistoryReach,
): CallPlan<number> {
  let truncated = 0;
  for (const filter of filters) {
    if (hasEnded(filter)) truncated += yield* listHistory(observations, filter, reach);
    else yield* observations.list(filter);
  }
  return truncated;
}

function* listHistory(
  observations: PollObservations,
  state: EndedState,
  { isBaseline, baselineMs, coveredMs }: HistoryReach,
): CallPlan<0 | 1> {
  const isFirst = coveredMs[state] === -Infinity;
  const reachMs = isFirst ? baselineMs : coveredMs[state];
  const minPages = isFirst ? BASELINE_HISTORY_PAGES : 1;
  const maxPages = isBaseline ? BASELINE_HISTORY_PAGES : MAX_HISTORY_PAGES;
  const isCovered = ({ isExhausted, oldestStartMs }: Listing) => isExhausted || oldestStartMs < reachMs;
  const listing = yield* observations.listUntil(
    state,
    (one) => one.pagesRead >= (isCovered(one) ? minPages : maxPages),
  );
  return isBaseline || isCovered(listing) ? 0 : 1;
}
