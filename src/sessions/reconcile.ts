import { hasEnded, type EndedState } from "./session.ts";
import type { Conversation, StateFilter } from "./call.ts";
import type { Inquiry } from "./poll-observations.ts";
import type { Listing } from "./listing.ts";
import { RECONCILING_FILTERS, type Tracker } from "./tracker.ts";

/** Every eighth poll carries one reconciling listing, so that they add an eighth of a call to a poll. */
export const POLLS_PER_RECONCILING = 8;
const MAX_PAGES = 5;
const FIRST_PAGES = 2;
/** Listings may lag: a session that started so shortly before one may show only in the next. */
const LISTING_LAG_MS = 2 * 60_000;

export interface ReconcilingTime {
  readonly nowMonotonicMs: number;
  /** Until the next poll, as planned. */
  readonly pollIntervalMs: number;
  /** At most this between two reconciling listings. */
  readonly reconcileIntervalMs: number;
  /** More first polls wait than there are calls for: what an unfiltered listing leaves out is asked for in later polls. */
  readonly isScarce: boolean;
}

/** What reconciling listings say of the time from which on ended sessions are new, and whether they were cut short. */
export interface Reconciled {
  readonly asked: readonly StateFilter[];
  readonly countFromMs: Partial<Record<EndedState, number>>;
  readonly truncated: number;
}

/**
 * The filters that a poll asks for beside the unfiltered listing. At first, all that the listing may leave out. Then, in
 * their turn, those that find sessions which came and went between two polls, or were DEGRADED before any poll saw them.
 */
export function dueFilters(tracker: Tracker, time: ReconcilingTime): readonly StateFilter[] {
  const { unasked, nextFilter, pollsUntilReconciling, reconciledAtMonotonicMs } = tracker;
  if (unasked.length > 0) return time.isScarce ? unasked.slice(0, tracker.polls === 0 ? 0 : 1) : unasked;
  const isLate =
    time.nowMonotonicMs + time.pollIntervalMs - reconciledAtMonotonicMs > time.reconcileIntervalMs;
  if (!isLate && pollsUntilReconciling > 0) return [];
  return RECONCILING_FILTERS.slice(nextFilter, nextFilter + 1);
}

/** Asks for each filter, in the order of a session's life: one that moves on meanwhile is seen once or twice, never missed. */
export function* reconcile(
  inquiry: Inquiry,
  tracker: Tracker,
  filters: readonly StateFilter[],
): Conversation<Reconciled> {
  const countFromMs: Partial<Record<EndedState, number>> = {};
  let truncated = 0;
  for (const filter of filters) {
    if (!hasEnded(filter)) {
      yield* inquiry.list(filter);
      continue;
    }
    const { beganAtMs, isCutShort } = yield* readHistory(inquiry, tracker, filter);
    countFromMs[filter] = beganAtMs - LISTING_LAG_MS;
    if (isCutShort && tracker.polls > 0) truncated += 1;
  }
  return { asked: filters, countFromMs, truncated };
}

/** Reads ended sessions back to where the last such listing began; the first time, the latest two pages of them. */
function* readHistory(
  inquiry: Inquiry,
  tracker: Tracker,
  state: EndedState,
): Conversation<{ beganAtMs: number; isCutShort: boolean }> {
  const isFirst = tracker.unasked.includes(state);
  const reachesBack = (listing: Listing) =>
    listing.isExhausted || listing.oldestStartMs < tracker.countFromMs[state];
  const listing = yield* inquiry.listUntil(state, (listing) =>
    isFirst ? listing.pagesRead >= FIRST_PAGES : reachesBack(listing) || listing.pagesRead >= MAX_PAGES,
  );
  return { beganAtMs: listing.requestedAtMs, isCutShort: !reachesBack(listing) };
}

/** The same for a state whose listing is put off: from the first poll on, what ended is news. */
export function countFromBaselineMs(nowMs: number): Record<EndedState, number> {
  return { TERMINATED: nowMs - LISTING_LAG_MS, FAILED: nowMs - LISTING_LAG_MS };
}
