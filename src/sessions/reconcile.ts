import type { EndedState } from "../athena/session.ts";
import type { Conversation } from "./call.ts";
import type { Inquiry } from "./inquiry.ts";
import type { Listing } from "./listing.ts";
import { RECONCILING_FILTERS, type ReconcilingFilter, type Tracker } from "./tracker.ts";

/** Every eighth poll carries one reconciling listing, so that they add an eighth of a call to a poll. */
export const POLLS_PER_RECONCILING = 8;
const MAX_PAGES = 5;
const BASELINE_PAGES = 2;
/** Listings may lag: a session that started so shortly before one may show only in the next. */
const LISTING_LAG_MS = 2 * 60_000;

export interface ReconcilingTime {
  readonly nowMonotonicMs: number;
  /** Until the next poll, as planned. */
  readonly pollIntervalMs: number;
  /** At most this between two reconciling listings. */
  readonly reconcileIntervalMs: number;
}

/** What reconciling listings say of the time from which on ended sessions are new, and whether they were cut short. */
export interface Reconciled {
  readonly countFromMs: Partial<Record<EndedState, number>>;
  readonly truncated: number;
  readonly any: boolean;
}

/**
 * The filter that finds, in its turn, what unfiltered listings cannot show: sessions that came and went between two
 * polls, or were DEGRADED before any poll saw them. Undefined while none is due.
 */
export function dueFilter(tracker: Tracker, time: ReconcilingTime): ReconcilingFilter | undefined {
  const nextPollAtMs = time.nowMonotonicMs + time.pollIntervalMs;
  const isLate = nextPollAtMs - tracker.reconciledAtMonotonicMs > time.reconcileIntervalMs;
  if (!isLate && tracker.pollsUntilReconciling > 0) return undefined;
  return RECONCILING_FILTERS[tracker.nextFilter % RECONCILING_FILTERS.length];
}

/**
 * At the first poll: all that an unfiltered listing may leave out, in the order of a session's life, so that one that
 * moves on meanwhile is seen once or twice, never missed. History is read for at most two pages a state.
 */
export function* askForBaseline(inquiry: Inquiry): Conversation<Reconciled> {
  yield* inquiry.list("DEGRADED");
  yield* inquiry.list("TERMINATING");
  const isEnough = ({ pagesRead }: Listing) => pagesRead >= BASELINE_PAGES;
  const failed = yield* inquiry.listUntil("FAILED", isEnough);
  const terminated = yield* inquiry.listUntil("TERMINATED", isEnough);
  return {
    countFromMs: { FAILED: countFromMs(failed), TERMINATED: countFromMs(terminated) },
    truncated: 0,
    any: true,
  };
}

/** Lists `filter` back to where the last such listing began. */
export function* reconcile(
  inquiry: Inquiry,
  tracker: Tracker,
  filter: ReconcilingFilter,
): Conversation<Reconciled> {
  if (filter === "DEGRADED") {
    yield* inquiry.list(filter);
    return { countFromMs: {}, truncated: 0, any: true };
  }
  const untilMs = tracker.countFromMs[filter];
  const reachesBack = (listing: Listing) => listing.isExhausted || listing.oldestStartMs < untilMs;
  const listing = yield* inquiry.listUntil(
    filter,
    (listing) => reachesBack(listing) || listing.pagesRead >= MAX_PAGES,
  );
  return {
    countFromMs: { [filter]: countFromMs(listing) },
    truncated: reachesBack(listing) ? 0 : 1,
    any: true,
  };
}

function countFromMs(listing: Listing): number {
  return listing.requestedAtMs - LISTING_LAG_MS;
}
