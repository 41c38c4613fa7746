import { hasEnded } from "./session.ts";
import type { Conversation } from "./call.ts";
import type { LifeCycleEvent } from "./event.ts";
import { Inquiry } from "./poll-observations.ts";
import {
  countFromBaselineMs,
  dueFilters,
  POLLS_PER_RECONCILING,
  reconcile,
  type Reconciled,
  type ReconcilingTime,
} from "./reconcile.ts";
import { resolveMissing } from "./resolve.ts";
import { Succession } from "./tracker-update.ts";
import { RECONCILING_FILTERS, type EndedSession, type Tracker } from "./tracker.ts";

/** Ended sessions count as recently ended for so long. */
export const RECENTLY_ENDED_MS = 3_600_000;
/** Per workgroup; some thousand ends an hour are a busy workgroup, so this is a bound for memory, not a setting. */
const MAX_REMEMBERED = 20_000;
/** GetSessionStatus was denied: permissions change, so it is tried again after so many polls. */
const POLLS_UNTIL_LOOKUP = 60;

export interface PollTime extends ReconcilingTime {
  /** Calls of GetSession that a poll may add for what listings don't tell; 0 where that is not wanted. */
  readonly maxDetailCalls: number;
  /** Any whole number that differs between workgroups: it spreads their reconciling listings. */
  readonly phase: number;
}

/** What a complete poll found. */
export interface Findings {
  readonly tracker: Tracker;
  readonly events: readonly LifeCycleEvent[];
  /** Single sessions may not be looked up; said when it is learned. */
  readonly lookupsDenied: boolean;
}

/**
 * One poll of a workgroup as a conversation: which call is needed next, until all is known of every session that
 * lives or lived at the last poll. Throws AwsFailure where the answers cannot be true; the tracker is then as before.
 */
export function* planPoll(tracker: Tracker, time: PollTime): Conversation<Findings> {
  const inquiry = new Inquiry(tracker, time.maxDetailCalls > 0);
  const active = yield* inquiry.list();
  const reconciled = yield* reconcile(inquiry, tracker, dueFilters(tracker, time));
  yield* resolveMissing(inquiry);
  yield* askForDetails(inquiry, tracker, time.maxDetailCalls);
  return conclude(tracker, inquiry, reconciled, active.requestedAtMs, time);
}

/** Of each new session once, and of each that ended, unless its lookup told already. */
function* askForDetails(inquiry: Inquiry, tracker: Tracker, maxCalls: number): Conversation<void> {
  if (maxCalls === 0) return;
  const ended = [...tracker.ended].filter(([, { awaitsUsage }]) => awaitsUsage).map(([id]) => id);
  const living = [...inquiry.observed.values()]
    .filter(({ id, state }) => !hasEnded(state) && tracker.living.get(id)?.details === undefined)
    .map(({ id }) => id);
  const unknown = [...ended, ...living].filter((id) => !inquiry.details.has(id));
  for (const id of unknown.slice(0, maxCalls)) {
    if (!inquiry.mayLookUp) return;
    yield* inquiry.askForDetails(id);
  }
}

function conclude(
  tracker: Tracker,
  inquiry: Inquiry,
  reconciled: Reconciled,
  nowMs: number,
  time: PollTime,
): Findings {
  const succession = new Succession(tracker, {
    nowMs,
    elapsedMs: time.nowMonotonicMs - tracker.polledAtMonotonicMs,
    details: inquiry.details,
    wantsDetails: time.maxDetailCalls > 0,
  });
  for (const session of inquiry.observed.values()) succession.observe(session);
  for (const [id, living] of tracker.living) {
    if (inquiry.observed.has(id)) continue;
    succession.carryOver(id, living, inquiry.notFound.has(id), inquiry.mayLookUp);
  }
  const isBaseline = tracker.polls === 0;
  const countFromMs = {
    ...(isBaseline ? countFromBaselineMs(nowMs) : tracker.countFromMs),
    ...reconciled.countFromMs,
  };
  return {
    tracker: {
      living: succession.living,
      ended: rememberedEnds(succession.ended, nowMs, countFromMs),
      unidentified: inquiry.unidentified.flatMap(({ state }) => (hasEnded(state) ? [] : [state])),
      counters: succession.counters(reconciled.truncated),
      polls: tracker.polls + 1,
      baselineMs: isBaseline ? nowMs : tracker.baselineMs,
      polledAtMs: nowMs,
      polledAtMonotonicMs: time.nowMonotonicMs,
      countFromMs,
      ...nextReconciling(tracker, reconciled, time),
      lookupsDeniedUntilPoll: inquiry.wasDenied
        ? tracker.polls + 1 + POLLS_UNTIL_LOOKUP
        : tracker.lookupsDeniedUntilPoll,
    },
    events: succession.events,
    lookupsDenied: inquiry.wasDenied,
  };
}

function nextReconciling(
  { unasked, nextFilter, pollsUntilReconciling, reconciledAtMonotonicMs }: Tracker,
  { asked }: Reconciled,
  { phase, nowMonotonicMs }: PollTime,
): Pick<Tracker, "unasked" | "nextFilter" | "pollsUntilReconciling" | "reconciledAtMonotonicMs"> {
  if (asked.length === 0) {
    return { unasked, nextFilter, pollsUntilReconciling: pollsUntilReconciling - 1, reconciledAtMonotonicMs };
  }
  const isTurn = unasked.length === 0;
  return {
    unasked: unasked.filter((filter) => !asked.includes(filter)),
    nextFilter: isTurn ? (nextFilter + 1) % RECONCILING_FILTERS.length : nextFilter,
    pollsUntilReconciling: isTurn ? POLLS_PER_RECONCILING - 1 : phase % POLLS_PER_RECONCILING,
    reconciledAtMonotonicMs: nowMonotonicMs,
  };
}

/** Forgets an end once it is neither recent nor within reach of the next reconciling listing. */
function rememberedEnds(
  ended: ReadonlyMap<string, EndedSession>,
  nowMs: number,
  countFromMs: Tracker["countFromMs"],
): ReadonlyMap<string, EndedSession> {
  const remembered = [...ended].filter(([, { state, startMs, endMs }]) => {
    const reachMs = hasEnded(state) ? countFromMs[state] : Math.min(...Object.values(countFromMs));
    return endMs > nowMs - RECENTLY_ENDED_MS || startMs >= reachMs;
  });
  return new Map(remembered.slice(-MAX_REMEMBERED));
}
