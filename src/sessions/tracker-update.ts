import type { EndedSession } from "./ended-sessions.ts";
import { EndedUpdate, startOf } from "./ended-update.ts";
import { addDurations } from "./durations.ts";
import { NEVER_IDLE, nextIdleUse, type IdleUse } from "./idle-use.ts";
import { countEvents, type EndState, type LifeCycleCounters, type LifeCycleEvent } from "./life-cycle.ts";
import type { PollObservations } from "./poll-observations.ts";
import type { PollTimes } from "./poll-times.ts";
import { LISTING_LAG_MS, type Reconciliation } from "./reconciliation.ts";
import { completeSession, mergeSessions } from "./session-merge.ts";
import { sameOrNew } from "./same-or-new.ts";
import { idleDpusOf, sinceOf, SessionTime } from "./session-time.ts";
import {
  hasEnded,
  type EndedState,
  type Session,
  type SessionDetails,
  type SessionState,
} from "./session.ts";
import { sameOrNewSessions, type ActiveSession, type Tracker } from "./tracker.ts";

/** The Date header that AWS' clock is estimated from is in whole seconds, and so are some times of sessions. */
const CLOCK_RESOLUTION_MS = 2000;
/** A session whose id Athena does not know in this many polls in a row has ended: one such answer may be a fault. */
const NOT_FOUND_POLLS_UNTIL_ENDED = 2;

/** States in which a session can run calculations, or runs one. */
const USABLE_STATES: ReadonlySet<SessionState> = new Set(["CREATED", "IDLE", "BUSY"]);

/** The next tracker of a workgroup, made of the last one and of what a poll observed, with the events in between. */
export class TrackerUpdate {
  readonly #before: Tracker;
  readonly #observations: PollObservations;
  readonly #times: PollTimes;
  readonly #wantsDetails: boolean;
  readonly #active = new Map<string, ActiveSession>();
  readonly #ended: EndedUpdate;
  readonly #events: LifeCycleEvent[] = [];
  readonly #startupSeconds: number[] = [];
  readonly #time: SessionTime;
  readonly #details: ReadonlyMap<string, SessionDetails>;
  #endedDpuSeconds: number;

  constructor(before: Tracker, observations: PollObservations, times: PollTimes, wantsDetails: boolean) {
    this.#before = before;
    this.#observations = observations;
    this.#details = observations.details;
    this.#times = times;
    this.#wantsDetails = wantsDetails;
    this.#ended = new EndedUpdate(before.ended, before.reconciliation, (ms) => this.#times.toAwsClock(ms));
    this.#time = new SessionTime(before.counters.sessionSeconds, before.counters.idleDpuSeconds);
    this.#endedDpuSeconds = before.counters.endedDpuSeconds;
  }

  /** Applies everything that the poll observed. `reconciliation`: what is covered after it. */
  finish(
    reconciliation: Reconciliation,
    truncatedListings: number,
  ): { readonly tracker: Tracker; readonly events: readonly LifeCycleEvent[] } {
    const { sessions, notFound, unidentified } = this.#observations;
    for (const { session, sentAtMs } of sessions.values()) {
      if (hasEnded(session.state)) this.#applyEnded(session, session.state, sentAtMs);
      else this.#applyActive(session, sentAtMs);
    }
    for (const [id, before] of this.#before.active) {
      if (!sessions.has(id)) this.#applyMissing(id, before, notFound.has(id));
    }
    // GetSession may no longer know a session that ended, or details are no longer wanted: then there is nothing more to read.
    this.#ended.settleUsage((id) => !this.#wantsDetails || this.#details.has(id));
    const tracker: Tracker = {
      active: sameOrNewSessions(this.#before.active, this.#active),
      ended: this.#ended.remembered(reconciliation, this.#times.listedAtMs),
      unidentified: unidentified.flatMap(({ state }) => (hasEnded(state) ? [] : [state])),
      counters: this.#counters(truncatedListings),
      polls: this.#before.polls + 1,
      baselineMonotonicMs: this.#times.baselineMonotonicMs,
      polledAtMs: this.#times.listedAtMs,
      polledAtMonotonicMs: this.#times.listedAtMonotonicMs,
      reconciliation,
    };
    return { tracker, events: this.#events };
  }

  /** `sentAtMs`: when the response was requested that shows it, in monotonic milliseconds. */
  #applyActive(observed: Session, sentAtMs: number): void {
    const end = this.#ended.get(observed.id);
    if (end !== undefined) {
      if (!isActiveAfter(observed, end)) return;
      this.#ended.set(observed.id, undefined);
    }
    const before = this.#before.active.get(observed.id);
    const session = before === undefined ? observed : this.#latestOf(before, observed, sentAtMs);
    if (hasEnded(session.state)) return;
    const isShown = session.state === observed.state && session.lastModifiedMs === observed.lastModifiedMs;
    const state = session.state;
    const nowMs = this.#times.toAwsClock(sentAtMs);
    const sinceMs = sinceOf(session, state, before, nowMs);
    const details = this.#detailsOf(session.id, before);
    const dpus = idleDpusOf(details);
    const time = this.#times.timeToCount(before, session, sinceMs, sentAtMs);
    const formerDpuSeconds = this.#time.addActive(before, state, time, dpus);
    const idleDpus = state === "IDLE" ? dpus : undefined;

    const isStarted = before === undefined && end === undefined && this.#countStart(session, nowMs);
    const awaitsStartup = isStarted || (before?.awaitsStartup ?? false);
    const hasStartedUp = awaitsStartup && USABLE_STATES.has(state);
    if (hasStartedUp && session.startMs !== undefined) {
      this.#startupSeconds.push(Math.max(0, sinceMs - session.startMs) / 1000);
    }
    const degradedBefore = before?.degradedCounted ?? end?.degradedCounted ?? false;
    const becameDegraded = state === "DEGRADED" && !degradedBefore;
    if (becameDegraded && this.#isAfterBaseline(sinceMs)) this.#emit("degraded", session, nowMs);
    const now: ActiveSession = {
      session,
      state,
      sinceMs,
      shownAtMonotonicMs:
        before === undefined || isShown
          ? this.#times.unlessListedAt(sentAtMs)
          : this.#times.shownAtMs(before),
      countedUntilMonotonicMs: this.#times.unlessListedAt(sentAtMs),
      idleUse:
        before === undefined
          ? this.#firstIdleUse(sinceMs, idleDpus)
          : nextIdleUse(before.idleUse, time, formerDpuSeconds, idleDpus),
      notFoundPolls: 0,
      degradedCounted: degradedBefore || becameDegraded,
      idleBeforeEndSeconds: state === "TERMINATING" ? idleBeforeEnd(before, sinceMs) : undefined,
      awaitsStartup: awaitsStartup && !hasStartedUp,
      endCounted: before?.endCounted ?? end !== undefined,
      details,
    };
    this.#active.set(session.id, sameOrNew(before, now));
  }

  #applyEnded(session: Session, state: EndedState, sentAtMs: number): void {
    const nowMs = this.#times.toAwsClock(sentAtMs);
    const endMs = Math.min(session.endMs ?? session.lastModifiedMs ?? nowMs, nowMs);
    const before = this.#before.active.get(session.id);
    if (before !== undefined) {
      this.#end(before, session, state, endMs);
      return;
    }
    const known = this.#ended.get(session.id);
    const isNew =
      known === undefined && this.#ended.isUncounted(session, state, endMs) && this.#isAfterBaseline(endMs);
    if (isNew) {
      this.#countStart(session, nowMs);
      this.#emitEnd(session, state, endMs, undefined);
    }
    this.#remember(session, state, endMs, {
      degradedCounted: known?.degradedCounted ?? false,
      awaitsUsage: isNew || (known?.awaitsUsage ?? false),
    });
  }

  /** A session that was active and that no response shows. */
  #applyMissing(id: string, before: ActiveSession, isNotFound: boolean): void {
    const notFoundPolls = before.notFoundPolls + (isNotFound ? 1 : 0);
    if (isNotFound && notFoundPolls >= NOT_FOUND_POLLS_UNTIL_ENDED) {
      this.#end(before, before.session, "UNKNOWN", this.#times.listedAtMs);
      return;
    }
    this.#active.set(id, {
      ...before,
      shownAtMonotonicMs: this.#times.shownAtMs(before),
      countedUntilMonotonicMs: this.#times.countedUntilMs(before),
      notFoundPolls,
      details: this.#detailsOf(id, before),
    });
  }

  /** Details that are no longer wanted are forgotten. */
  #detailsOf(id: string, before: ActiveSession | undefined): SessionDetails | undefined {
    return this.#wantsDetails ? (this.#details.get(id) ?? before?.details) : undefined;
  }

  #end(before: ActiveSession, observed: Session, state: EndState, endMs: number): void {
    const session = completeSession(observed, before.session);
    // When a session ended whose id is unknown is not known either, so no time is added for it.
    if (state !== "UNKNOWN") {
      this.#time.addEnded(before, this.#times.countedUntilMs(before), this.#times.toMonotonic(endMs));
    }
    if (!before.endCounted) this.#emitEnd(session, state, endMs, before);
    this.#remember(session, state, endMs, {
      degradedCounted: before.degradedCounted,
      awaitsUsage: !before.endCounted,
    });
  }

  #remember(
    session: Session,
    state: EndState,
    endMs: number,
    { degradedCounted, awaitsUsage }: Pick<EndedSession, "degradedCounted" | "awaitsUsage">,
  ): void {
    const details = this.#details.get(session.id);
    if (awaitsUsage) this.#endedDpuSeconds += details?.usedDpuSeconds ?? 0;
    this.#ended.set(session.id, {
      state,
      startMs: startOf(session),
      // As it was told, even if it is later than the estimate of AWS' clock: that follows a step of the clock only when two responses tell so.
      endMs: Math.max(endMs, session.endMs ?? session.lastModifiedMs ?? endMs),
      lastModifiedMs: session.lastModifiedMs ?? endMs,
      degradedCounted,
      awaitsUsage: awaitsUsage && this.#wantsDetails && details === undefined && state !== "UNKNOWN",
    });
  }

  /**
   * What is known of a session after a response. A listing that lags shows it as it was, with an earlier LastModifiedDateTime; but no listing
   * lags for longer than LISTING_LAG_MS, so from then on an earlier time means that AWS' clock was set back.
   */
  #latestOf(before: ActiveSession, observed: Session, sentAtMs: number): Session {
    return sentAtMs - this.#times.shownAtMs(before) > LISTING_LAG_MS
      ? completeSession(observed, before.session)
      : mergeSessions(before.session, observed);
  }

  /** Athena says since when a session that is first seen is idle, which may be long before. */
  #firstIdleUse(sinceMs: number, dpus: number | undefined): IdleUse {
    if (dpus === undefined) return NEVER_IDLE;
    return { pastDpuSeconds: 0, sinceMs: this.#times.toMonotonic(sinceMs), dpus };
  }

  /** Whether it is an event. */
  #countStart(session: Session, nowMs: number): boolean {
    const isEvent = this.#isAfterBaseline(session.startMs ?? nowMs);
    if (isEvent) this.#emit("started", session, nowMs);
    return isEvent;
  }

  /** What the first successful poll found, and what happened before it, is no event. */
  #isAfterBaseline(atMs: number): boolean {
    return !this.#times.isBaseline && atMs > this.#times.baselineMs - CLOCK_RESOLUTION_MS;
  }

  #emitEnd(session: Session, endState: EndState, endMs: number, before: ActiveSession | undefined): void {
    const usedDpuSeconds = this.#details.get(session.id)?.usedDpuSeconds;
    this.#events.push({
      kind: "ended",
      session,
      endState,
      ...ageSeconds(session, endMs),
      ...(before !== undefined && idleTime(before, endMs)),
      ...(usedDpuSeconds !== undefined && { usedDpuSeconds }),
    });
  }

  #emit(kind: "started" | "degraded", session: Session, nowMs: number): void {
    this.#events.push({ kind, session, ...ageSeconds(session, nowMs) });
  }

  #counters(truncatedListings: number): LifeCycleCounters {
    const before = this.#before.counters;
    const { started, ended, degraded } = countEvents(before, this.#events);
    return {
      started,
      ended,
      degraded,
      durations: addDurations(before.durations, this.#events, this.#startupSeconds),
      sessionSeconds: this.#time.seconds,
      idleDpuSeconds: this.#time.idleDpuSeconds,
      endedDpuSeconds: this.#endedDpuSeconds,
      truncatedListings: before.truncatedListings + truncatedListings,
    };
  }
}

/** A listing that lags shows an ended session as it was. An UNKNOWN end was presumed, so any response takes it back. */
function isActiveAfter(observed: Session, end: EndedSession): boolean {
  return end.state === "UNKNOWN" || (observed.lastModifiedMs ?? 0) > end.lastModifiedMs;
}

function ageSeconds(session: Session, atMs: number): { ageSeconds?: number } {
  return session.startMs === undefined ? {} : { ageSeconds: Math.max(0, atMs - session.startMs) / 1000 };
}

/** How long a session had been IDLE that began to end at `endMs`, or before that; undefined where it was not IDLE. */
function idleBeforeEnd(before: ActiveSession | undefined, endMs: number): number | undefined {
  if (before?.state === "IDLE") return Math.max(0, endMs - before.sinceMs) / 1000;
  return before?.state === "TERMINATING" ? before.idleBeforeEndSeconds : undefined;
}

function idleTime(before: ActiveSession, endMs: number): Partial<LifeCycleEvent> {
  const idleSeconds = idleBeforeEnd(before, endMs);
  if (idleSeconds === undefined) return {};
  return { idleSeconds, idleDpuSeconds: idleSeconds * idleDpusOf(before.details) };
}
