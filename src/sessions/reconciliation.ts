import type { StateFilter } from "./call.ts";
import { hasEnded, type EndedState } from "./session.ts";

/**
 * The filters of reconciliation listings, in the order of a session's life, in which they take turns. Together they list every session
 * that an unfiltered listing may leave out.
 */
export const RECONCILIATION_FILTERS = [
  "DEGRADED",
  "TERMINATING",
  "FAILED",
  "TERMINATED",
] as const satisfies readonly StateFilter[];

/** A first poll lists these filters from the first: the states in which a session is active. */
const FIRST_POLL_FILTERS = 2;

/** One reconciliation listing in every eight polls adds an eighth of a request to a poll. */
const POLLS_PER_LISTING = 8;
/** A listing may lag: a session that changed this shortly before it may show only in the next one. */
export const LISTING_LAG_MS = 2 * 60_000;

/**
 * What the reconciliation listings of a workgroup have covered. Times are monotonic milliseconds, because the estimate of AWS'
 * clock may change between polls. A session that started before `hiddenCoveredMs` and is not known has ended: it was neither active nor DEGRADED then,
 * so it was TERMINATING or ended, and the TERMINATING listing that came later did not show it.
 */
export interface Reconciliation {
  /** The filters that have not been listed yet, in order. */
  readonly unlisted: readonly StateFilter[];
  /** Index in RECONCILIATION_FILTERS of the filter whose turn is next. */
  readonly nextFilter: number;
  readonly pollsUntilNext: number;
  readonly lastMs: number;
  /** When DEGRADED sessions were listed last. */
  readonly degradedListedMs: number;
  /** When DEGRADED sessions were listed before the last listing of TERMINATING ones. */
  readonly hiddenCoveredMs: number;
  /** When ended sessions were listed last, by state. */
  readonly endedListedMs: Readonly<Record<EndedState, number>>;
  /** Ended sessions that started before this are known to the tracker, or were counted and forgotten. */
  readonly endedCoveredMs: Readonly<Record<EndedState, number>>;
}

export const newReconciliation: Reconciliation = {
  unlisted: RECONCILIATION_FILTERS,
  nextFilter: 0,
  pollsUntilNext: 0,
  lastMs: 0,
  degradedListedMs: -Infinity,
  hiddenCoveredMs: -Infinity,
  endedListedMs: { TERMINATED: -Infinity, FAILED: -Infinity },
  endedCoveredMs: { TERMINATED: -Infinity, FAILED: -Infinity },
};

export interface ReconciliationTime {
  /** When the poll begins. */
  readonly nowMonotonicMs: number;
  /** Until the next poll, as planned. */
  readonly pollIntervalMs: number;
  /** The longest time between two reconciliation listings. */
  readonly reconcileIntervalMs: number;
  /** The rate limit does not suffice for complete first polls soon, so this poll leaves filters to later ones. */
  readonly isScarce: boolean;
}

/**
 * The filters that a poll lists beside the unfiltered listing. The first poll leaves ended sessions to the second one, so that the
 * active sessions of all workgroups are known soon. After that, one filter is listed in its turn.
 */
export function dueFilters(
  { unlisted, nextFilter, pollsUntilNext, lastMs }: Reconciliation,
  { isBaseline, ...time }: ReconciliationTime & { readonly isBaseline: boolean },
): readonly StateFilter[] {
  if (unlisted.length > 0) {
    if (time.isScarce) return isBaseline ? [] : unlisted.slice(0, 1);
    return isBaseline ? unlisted.slice(0, FIRST_POLL_FILTERS) : unlisted;
  }
  const isLate = time.nowMonotonicMs + time.pollIntervalMs - lastMs > time.reconcileIntervalMs;
  return isLate || pollsUntilNext <= 0 ? RECONCILIATION_FILTERS.slice(nextFilter, nextFilter + 1) : [];
}

/** What is covered after a poll that listed `filters`. `phase` spreads the turns of workgroups. */
export function nextReconciliation(
  before: Reconciliation,
  filters: readonly StateFilter[],
  { nowMonotonicMs, phase }: { readonly nowMonotonicMs: number; readonly phase: number },
): Reconciliation {
  if (filters.length === 0) return { ...before, pollsUntilNext: before.pollsUntilNext - 1 };
  const isTurn = before.unlisted.length === 0;
  const covered = filters.reduce((after, filter) => cover(after, filter, nowMonotonicMs), before);
  return {
    ...covered,
    unlisted: before.unlisted.filter((filter) => !filters.includes(filter)),
    nextFilter: isTurn ? (before.nextFilter + 1) % RECONCILIATION_FILTERS.length : before.nextFilter,
    pollsUntilNext: isTurn ? POLLS_PER_LISTING - 1 : phase % POLLS_PER_LISTING,
    lastMs: nowMonotonicMs,
  };
}

function cover(before: Reconciliation, filter: StateFilter, nowMs: number): Reconciliation {
  if (filter === "DEGRADED") return { ...before, degradedListedMs: nowMs };
  if (filter === "TERMINATING") return { ...before, hiddenCoveredMs: before.degradedListedMs };
  if (!hasEnded(filter)) return before;
  return {
    ...before,
    endedListedMs: { ...before.endedListedMs, [filter]: nowMs },
    endedCoveredMs: { ...before.endedCoveredMs, [filter]: before.hiddenCoveredMs },
  };
}
