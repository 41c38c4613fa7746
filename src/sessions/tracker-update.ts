import type { EndedSession } from "./ended-sessions.ts";
import { EndedUpdate, startOf } from "./ended-update.ts";
import { addDurations } from "./durations.ts";
import { countEvents, type EndState, type LifeCycleCounters, type LifeCycleEvent } from "./life-cycle.ts";
import type { PollObservations } from "./poll-observations.ts";
import { LISTING_LAG_MS, type Reconciliation } from "./reconciliation.ts";
import { completeSession, mergeSessions } from "./session-merge.ts";
import { idleDpusOf, sinceOf, SessionTime } from "./session-time.ts";
import {
  hasEnded,
  type EndedState,
  type Session,
  type SessionDetails,
  type SessionState,
} from "./session.ts";
import type { ActiveSession, Tracker } from "./tracker.ts";

/** The Date header that AWS' clock is estimated from is in whole seconds, and so are some times of sessions. */
const CLOCK_RESOLUTION_MS = 2000;
/** A session whose id Athena does not know in this many polls in a row has ended: one such answer may be a fault. */
const NOT_FOUND_POLLS_UNTIL_ENDED = 2;

/** States in which a session can run calculations, or runs one. */
const USABLE_STATES: ReadonlySet<SessionState> = new Set(["CREATED", "IDLE", "BUSY"]);

export interface UpdateOptions {
  /** When the poll requested its first page, in monotonic milliseconds. */
  readonly listedAtMs: number;
  readonly wantsDetails: boolean;
}

/** The next tracker of a workgroup, made of the last one and of what a poll observed, with the events in between. */
export class TrackerUpdate {
  readonly #before: Tracker;
  readonly #isBaseline: boolean;
  readonly #observations: PollObservations;
  readonly #listedAtMs: number;
  readonly #wantsDetails: boolean;
  readonly #active = new Map<string, ActiveSession>();
  readonly #ended: EndedUpdate;
  readonly #events: LifeCycleEvent[] = [];
  readonly #startupSeconds: number[] = [];
  readonly #time: SessionTime;
  readonly #details: ReadonlyMap<string, SessionDetails>;
  #endedDpuSeconds: number;

  constructor(before: Tracker, observations: PollObservations, { listedAtMs, wantsDetails }: UpdateOptions) {
    this.#before = before;
    this.#isBaseline = before.polls === 0;
    this.#observations = observations;
    this.#details = observations.details;
    this.#listedAtMs = listedAtMs;
    this.#wantsDetails = wantsDetails;
    this.#ended = new EndedUpdate(before.ended, before.reconciliation, (ms) => this.#toAwsClock(ms));
    this.#time = new SessionTime(before.counters.sessionSeconds, before.counters.idleDpuSeconds);
    this.#endedDpuSeconds = before.counters.endedDpuSeconds;
  }

  /** Ended sessions that started before this are known or were counted, by state, in Unix milliseconds of AWS' clock. */
  get endedCoveredMs(): Readonly<Record<EndedState, number>> {
    const { TERMINATED, FAILED } = this.#before.reconciliation.endedCoveredMs;
    return {
      TERMINATED: this.#toAwsClock(TERMINATED) - LISTING_LAG_MS,
      FAILED: this.#toAwsClock(FAILED) - LISTING_LAG_MS,
    };
  }

  /** When the first poll was, in Unix milliseconds of AWS' clock. */
  get baselineMs(): number {
    return this.#toAwsClock(this.#before.baselineMonotonicMs);
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
      active: this.#active,
      ended: this.#ended.remembered(reconciliation, this.#nowMs),
      unidentified: unidentified.flatMap(({ state }) => (hasEnded(state) ? [] : [state])),
      counters: this.#counters(truncatedListings),
      polls: this.#before.polls + 1,
      baselineMonotonicMs: this.#isBaseline ? this.#listedAtMs : this.#before.baselineMonotonicMs,
      polledAtMs: this.#nowMs,
      polledAtMonotonicMs: this.#listedAtMs,
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
    const session = before === undefined ? observed : latestOf(before, observed, sentAtMs);
    if (hasEnded(session.state)) return;
    const isShown = session.state === observed.state && session.lastModifiedMs === observed.lastModifiedMs;
    const state = session.state;
    const nowMs = this.#toAwsClock(sentAtMs);
    const sinceMs = sinceOf(session, state, before, nowMs);
    const details = this.#detailsOf(session.id, before);
    const fromMs = this.#countFromMs(before, session, nowMs);
    const dpus = idleDpusOf(details);
    const idleDpuSeconds = this.#time.addActive(before, { state, sinceMs }, fromMs, nowMs, dpus);
    // Athena says since when a session that is first seen is idle, which may be long before.
    const idleBeforeSeen = state === "IDLE" ? (dpus * (nowMs - sinceMs)) / 1000 : 0;

    const isStarted = before === undefined && end === undefined && this.#countStart(session, nowMs);
    const awaitsStartup = isStarted || (before?.awaitsStartup ?? false);
    const hasStartedUp = awaitsStartup && USABLE_STATES.has(state);
    if (hasStartedUp && session.startMs !== undefined) {
      this.#startupSeconds.push(Math.max(0, sinceMs - session.startMs) / 1000);
    }
    const degradedBefore = before?.degradedCounted ?? end?.degradedCounted ?? false;
    const becameDegraded = state === "DEGRADED" && !degradedBefore;
    if (becameDegraded && this.#isAfterBaseline(sinceMs)) this.#emit("degraded", session, nowMs);
    this.#active.set(session.id, {
      session,
      state,
      sinceMs,
      shownAtMonotonicMs: before === undefined || isShown ? sentAtMs : before.shownAtMonotonicMs,
      countedUntilMonotonicMs: sentAtMs,
      idleDpuSeconds: before === undefined ? idleBeforeSeen : before.idleDpuSeconds + idleDpuSeconds,
      notFoundPolls: 0,
      degradedCounted: degradedBefore || becameDegraded,
      ...(state === "TERMINATING" && before !== undefined && idleBeforeEnd(before, sinceMs)),
      awaitsStartup: awaitsStartup && !hasStartedUp,
      endCounted: before?.endCounted ?? end !== undefined,
      ...(details !== undefined && { details }),
    });
  }

  #applyEnded(session: Session, state: EndedState, sentAtMs: number): void {
    const nowMs = this.#toAwsClock(sentAtMs);
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
      this.#end(before, before.session, "UNKNOWN", this.#nowMs);
      return;
    }
    const { details: _details, ...session } = before;
    const details = this.#detailsOf(id, before);
    this.#active.set(id, { ...session, notFoundPolls, ...(details !== undefined && { details }) });
  }

  /** Details that are no longer wanted are forgotten. */
  #detailsOf(id: string, before: ActiveSession | undefined): SessionDetails | undefined {
    return this.#wantsDetails ? (this.#details.get(id) ?? before?.details) : undefined;
  }

  #end(before: ActiveSession, observed: Session, state: EndState, endMs: number): void {
    const session = completeSession(observed, before.session);
    // When a session ended whose id is unknown is not known either, so no time is added for it.
    if (state !== "UNKNOWN") {
      this.#time.addEnded(before, endMs, this.#toAwsClock(before.countedUntilMonotonicMs));
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
      endMs,
      lastModifiedMs: session.lastModifiedMs ?? endMs,
      degradedCounted,
      awaitsUsage: awaitsUsage && this.#wantsDetails && details === undefined && state !== "UNKNOWN",
    });
  }

  /** When the poll requested its first page, in Unix milliseconds of AWS' clock. */
  get #nowMs(): number {
    return this.#toAwsClock(this.#listedAtMs);
  }

  /** A monotonic time in Unix milliseconds of AWS' clock, as it is known now. */
  #toAwsClock(monotonicMs: number): number {
    return monotonicMs + this.#observations.awsOffsetMs;
  }

  /** From when on a session's seconds are still to be counted: by the monotonic clock, so that a step of AWS' clock counts nothing. */
  #countFromMs(before: ActiveSession | undefined, session: Session, nowMs: number): number {
    if (before !== undefined) return this.#toAwsClock(before.countedUntilMonotonicMs);
    if (this.#isBaseline) return nowMs;
    return Math.max(session.startMs ?? nowMs, this.#toAwsClock(this.#before.polledAtMonotonicMs));
  }

  /** Whether it is an event. */
  #countStart(session: Session, nowMs: number): boolean {
    const isEvent = this.#isAfterBaseline(session.startMs ?? nowMs);
    if (isEvent) this.#emit("started", session, nowMs);
    return isEvent;
  }

  /** What the first successful poll found, and what happened before it, is no event. */
  #isAfterBaseline(atMs: number): boolean {
    return !this.#isBaseline && atMs > this.baselineMs - CLOCK_RESOLUTION_MS;
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
    return {
      ...countEvents(before, this.#events),
      durations: addDurations(before.durations, this.#events, this.#startupSeconds),
      sessionSeconds: this.#time.seconds,
      idleDpuSeconds: this.#time.idleDpuSeconds,
      endedDpuSeconds: this.#endedDpuSeconds,
      truncatedListings: before.truncatedListings + truncatedListings,
    };
  }
}

/**
 * What is known of a session after a response. A listing that lags shows it as it was, with an earlier LastModifiedDateTime; but no listing lags for
 * longer than LISTING_LAG_MS, so from then on an earlier time means that AWS' clock was set back.
 */
function latestOf(
  { session, shownAtMonotonicMs }: ActiveSession,
  observed: Session,
  sentAtMs: number,
): Session {
  return sentAtMs - shownAtMonotonicMs > LISTING_LAG_MS
    ? completeSession(observed, session)
    : mergeSessions(session, observed);
}

/** A listing that lags shows an ended session as it was. An UNKNOWN end was presumed, so any response takes it back. */
function isActiveAfter(observed: Session, end: EndedSession): boolean {
  return end.state === "UNKNOWN" || (observed.lastModifiedMs ?? 0) > end.lastModifiedMs;
}

function ageSeconds(session: Session, atMs: number): { ageSeconds?: number } {
  return session.startMs === undefined ? {} : { ageSeconds: Math.max(0, atMs - session.startMs) / 1000 };
}

/** How long a session has been IDLE that began to end at `endMs`, or before that; nothing where it was not IDLE. */
function idleBeforeEnd(
  { state, sinceMs, idleBeforeEndSeconds }: ActiveSession,
  endMs: number,
): Pick<ActiveSession, "idleBeforeEndSeconds"> {
  if (state === "IDLE") return { idleBeforeEndSeconds: Math.max(0, endMs - sinceMs) / 1000 };
  return state === "TERMINATING" && idleBeforeEndSeconds !== undefined ? { idleBeforeEndSeconds } : {};
}

function idleTime(before: ActiveSession, endMs: number): Partial<LifeCycleEvent> {
  const { idleBeforeEndSeconds: idleSeconds } = idleBeforeEnd(before, endMs);
  if (idleSeconds === undefined) return {};
  return { idleSeconds, idleDpuSeconds: idleSeconds * idleDpusOf(before.details) };
}
