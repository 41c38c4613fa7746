import type { FailureReason } from "../failure.ts";
import type { CallPlan, StateFilter } from "./call.ts";
import type { LifeCycleEvent } from "./life-cycle.ts";
import { PollObservations } from "./poll-observations.ts";
import { PollTimes } from "./poll-times.ts";
import { listFilters } from "./reconcile.ts";
import { dueFilters, nextReconciliation, type ReconciliationTime } from "./reconciliation.ts";
import { resolveMissing } from "./resolve.ts";
import { hasEnded } from "./session.ts";
import { TrackerUpdate } from "./tracker-update.ts";
import type { Tracker } from "./tracker.ts";

export interface PollTime extends ReconciliationTime {
  /** The most GetSession calls that a poll may add; 0 where details are not wanted. */
  readonly maxDetailCalls: number;
  /** A whole number that differs between workgroups: it spreads their reconciliation listings. */
  readonly phase: number;
  /** What is listed beside the unfiltered listing where no other poll follows; absent: as reconciliation needs it. */
  readonly filters?: readonly StateFilter[];
}

/** What a complete poll found. */
export interface Findings {
  readonly tracker: Tracker;
  readonly events: readonly LifeCycleEvent[];
}

/**
 * One poll of a workgroup: which API call it needs next, until the state of every session is known that is active or was at the last
 * poll. Throws ApiError where the answers contradict the API; the tracker is then as it was.
 */
export function* planPoll(tracker: Tracker, time: PollTime): CallPlan<Findings> {
  const observations = new PollObservations(tracker);
  const { sentAtMs } = yield* observations.list();
  const times = new PollTimes(tracker, observations, sentAtMs);
  const { isBaseline } = times;
  const filters = time.filters ?? dueFilters(tracker.reconciliation, { ...time, isBaseline });
  const truncatedListings = yield* listFilters(observations, filters, {
    isBaseline,
    baselineMs: times.baselineMs,
    coveredMs: times.endedCoveredMs,
  });
  yield* resolveMissing(observations);
  yield* readDetails(observations, tracker, time.maxDetailCalls);
  const reconciliation = nextReconciliation(tracker.reconciliation, filters, time);
  const update = new TrackerUpdate(tracker, observations, times, time.maxDetailCalls > 0);
  return update.finish(reconciliation, truncatedListings);
}

/** Failures that may be of one session only; after any other, the next request would fail too. */
const FAILURES_OF_ONE_SESSION: ReadonlySet<FailureReason> = new Set([
  "malformed_response",
  "server_error",
  "other",
]);

/** Reads the details of each session that ended, and of each new one once. */
function* readDetails(observations: PollObservations, tracker: Tracker, maxCalls: number): CallPlan<void> {
  if (maxCalls === 0) return;
  const observed = [...observations.sessions.values()].map(({ session }) => session);
  const endedNow = observed.filter(({ id, state }) => hasEnded(state) && tracker.active.has(id));
  const active = observed.filter(
    ({ id, state }) => !hasEnded(state) && tracker.active.get(id)?.details === undefined,
  );
  const ids = [
    ...endedNow.map(({ id }) => id),
    ...tracker.ended.awaitingUsage(),
    ...active.map(({ id }) => id),
  ];
  for (const id of ids.slice(0, maxCalls)) {
    const failure = yield* observations.readDetails(id);
    if (failure !== undefined && !FAILURES_OF_ONE_SESSION.has(failure)) return;
  }
}
