import { countEvents, type EndState, type LifeCycleCounters, type LifeCycleEvent } from "./life-cycle.ts";
import type { PollObservations } from "./poll-observations.ts";
import { LISTING_LAG_MS, type Reconciliation } from "./reconciliation.ts";
import { completeSession, mergeSessions } from "./session-merge.ts";
import { idleDpusOf, SessionTime } from "./session-time.ts";
import {
  hasEnded,
  type CountedState,
  type EndedState,
  type Session,
  type SessionDetails,
} from "./session.ts";
import type { ActiveSession, EndedSession, Tracker } from "./tracker.ts";

/** Ended sessions count as recently ended for this long. */
export const RECENTLY_ENDED_MS = 3_600_000;
/** In a workgroup; a busy one ends some thousand sessions an hour, so this bounds memory and is not a setting. */
export const MAX_REMEMBERED_ENDS = 20_000;
/** The Date header that AWS' clock is estimated from is in whole seconds, and so are some times of sessions. */
const CLOCK_RESOLUTION_MS = 2000;
/** More than this between AWS' clock and the monotonic one is a stepped clock, not a slow request. */
const CLOCK_TOLERANCE_MS = 5000;
/** A session whose id Athena does not know in this many polls in a row has ended: one such answer may be a fault. */
const NOT_FOUND_POLLS_UNTIL_ENDED = 2;

export interface UpdateTime {
  /** Unix milliseconds of AWS' clock. */
  readonly nowMs: number;
  readonly nowMonotonicMs: number;
  readonly wantsDetails: boolean;
}

/** The next tracker of a workgroup, made of the last one and of what a poll observed, with the events in between. */
export class TrackerUpdate {
  readonly #before: Tracker;
  readonly #isBaseline: boolean;
  readonly #nowMs: number;
  readonly #nowMonotonicMs: number;
  readonly #wantsDetails: boolean;
  readonly #active = new Map<string, ActiveSession>();
  readonly #ended: Map<string, EndedSession>;
  readonly #events: LifeCycleEvent[] = [];
  readonly #time: SessionTime;
  #details: ReadonlyMap<string, SessionDetails> = new Map();
  #endedDpuSeconds: number;

  constructor(before: Tracker, { nowMs, nowMonotonicMs, wantsDetails }: UpdateTime) {
    this.#before = before;
    this.#isBaseline = before.polls === 0;
    this.#nowMs = nowMs;
    this.#nowMonotonicMs = nowMonotonicMs;
    this.#wantsDetails = wantsDetails;
    this.#ended = new Map(before.ended);
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
    observations: PollObservations,
    reconciliation: Reconciliation,
    truncatedListings: number,
  ): { readonly tracker: Tracker; readonly events: readonly LifeCycleEvent[] } {
    this.#details = observations.details;
    for (const session of observations.sessions.values()) {
      if (hasEnded(session.state)) this.#applyEnded(session, session.state);
      else this.#applyActive(session);
    }
    for (const [id, before] of this.#before.active) {
      if (!observations.sessions.has(id)) this.#applyMissing(id, before, observations.notFound.has(id));
    }
    // GetSession may no longer know a session that ended: then there is nothing more to read.
    for (const [id, end] of this.#ended) {
      if (end.awaitsUsage && this.#details.has(id)) this.#ended.set(id, { ...end, awaitsUsage: false });
    }
    const tracker: Tracker = {
      active: this.#active,
      ended: this.#rememberedEnds(reconciliation),
      unidentified: observations.unidentified.flatMap(({ state }) => (hasEnded(state) ? [] : [state])),
      counters: this.#counters(truncatedListings),
      polls: this.#before.polls + 1,
      baselineMonotonicMs: this.#isBaseline ? this.#nowMonotonicMs : this.#before.baselineMonotonicMs,
      polledAtMs: this.#nowMs,
      polledAtMonotonicMs: this.#nowMonotonicMs,
      reconciliation,
    };
    return { tracker, events: this.#events };
  }

  #applyActive(observed: Session): void {
    const end = this.#ended.get(observed.id);
    if (end !== undefined && !isActiveAfter(observed, end)) return;
    this.#ended.delete(observed.id);
    const before = this.#before.active.get(observed.id);
    const session = before === undefined ? observed : mergeSessions(before.session, observed);
    if (hasEnded(session.state)) return;
    const state = session.state;
    const sinceMs = this.#sinceMs(session, state, before);
    const details = this.#details.get(session.id) ?? before?.details;
    const fromMs = this.#countFromMs(before, session);
    this.#time.addActive(before, { state, sinceMs }, fromMs, this.#nowMs, idleDpusOf(details));

    if (before === undefined && end === undefined) this.#countStart(session);
    const degradedBefore = before?.degradedCounted ?? end?.degradedCounted ?? false;
    const becameDegraded = state === "DEGRADED" && !degradedBefore;
    if (becameDegraded && this.#isAfterBaseline(sinceMs)) this.#emit("degraded", session);
    this.#active.set(session.id, {
      session,
      state,
      sinceMs,
      countedUntilMs: this.#nowMs,
      notFoundPolls: 0,
      degradedCounted: degradedBefore || becameDegraded,
      endCounted: before?.endCounted ?? end !== undefined,
      ...(details !== undefined && { details }),
    });
  }

  #applyEnded(session: Session, state: EndedState): void {
    const endMs = Math.min(session.endMs ?? session.lastModifiedMs ?? this.#nowMs, this.#nowMs);
    const before = this.#before.active.get(session.id);
    if (before !== undefined) {
      this.#end(before, session, state, endMs);
      return;
    }
    const known = this.#ended.get(session.id);
    const isNew =
      known === undefined && this.#isUncounted(session, state, endMs) && this.#isAfterBaseline(endMs);
    if (isNew) {
      this.#countStart(session);
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
    } else this.#active.set(id, { ...before, notFoundPolls });
  }

  #end(before: ActiveSession, observed: Session, state: EndState, endMs: number): void {
    const session = completeSession(observed, before.session);
    const fromMs = this.#countFromMs(before, session);
    // When a session ended whose id is unknown is not known either, so no time is added for it.
    if (state !== "UNKNOWN") this.#time.addEnded(before, endMs, fromMs, this.#nowMs);
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

  /**
   * Whether an ended session that is not known was never counted. One that was counted is remembered for as long as this could hold of
   * it, see #rememberedEnds.
   */
  #isUncounted(session: Session, state: EndedState, endMs: number): boolean {
    const { endedCoveredMs, endedListedMs } = this.#before.reconciliation;
    return this.#mayBeUncounted(startOf(session), endMs, endedCoveredMs[state], endedListedMs[state]);
  }

  /** A session that ended after the last listing of its state was not in it; one that started after `coveredMs` may not have been. */
  #mayBeUncounted(startMs: number, endMs: number, coveredMs: number, listedMs: number): boolean {
    return (
      startMs >= this.#toAwsClock(coveredMs) - LISTING_LAG_MS ||
      endMs >= this.#toAwsClock(listedMs) - LISTING_LAG_MS
    );
  }

  /** Forgets an ended session once its usage is read, and it is neither recent nor could be taken for an uncounted one. */
  #rememberedEnds({ endedCoveredMs, endedListedMs }: Reconciliation): ReadonlyMap<string, EndedSession> {
    const covered = { ...endedCoveredMs, UNKNOWN: Math.min(...Object.values(endedCoveredMs)) };
    const listed = { ...endedListedMs, UNKNOWN: Math.min(...Object.values(endedListedMs)) };
    const remembered = [...this.#ended].filter(
      ([, { state, startMs, endMs, awaitsUsage }]) =>
        awaitsUsage ||
        endMs > this.#nowMs - RECENTLY_ENDED_MS ||
        this.#mayBeUncounted(startMs, endMs, covered[state], listed[state]),
    );
    return new Map(remembered.slice(-MAX_REMEMBERED_ENDS));
  }

  /** A monotonic time in Unix milliseconds of AWS' clock, as it is known now. */
  #toAwsClock(monotonicMs: number): number {
    return this.#nowMs - (this.#nowMonotonicMs - monotonicMs);
  }

  /** Since when a session is in its state: IdleSinceDateTime for IDLE, else LastModifiedDateTime when first seen in it. */
  #sinceMs(session: Session, state: CountedState, before: ActiveSession | undefined): number {
    const sameState = before?.state === state ? before.sinceMs : undefined;
    const sinceMs =
      state === "IDLE"
        ? (session.idleSinceMs ?? session.lastModifiedMs ?? sameState)
        : (sameState ?? session.lastModifiedMs);
    return Math.min(sinceMs ?? this.#nowMs, this.#nowMs);
  }

  /** From when on a session's seconds are still to be counted; a stepped clock adds no more than has really passed. */
  #countFromMs(before: ActiveSession | undefined, session: Session): number {
    if (this.#isBaseline) return this.#nowMs;
    const { polledAtMs, polledAtMonotonicMs } = this.#before;
    const fromMs = before?.countedUntilMs ?? Math.max(session.startMs ?? this.#nowMs, polledAtMs);
    const elapsedMs = this.#nowMonotonicMs - polledAtMonotonicMs + CLOCK_TOLERANCE_MS;
    return Math.max(fromMs, this.#nowMs - elapsedMs - Math.max(0, polledAtMs - fromMs));
  }

  #countStart(session: Session): void {
    if (this.#isAfterBaseline(session.startMs ?? this.#nowMs)) this.#emit("started", session);
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
      ...(before?.state === "IDLE" && idleTime(before, endMs)),
      ...(usedDpuSeconds !== undefined && { usedDpuSeconds }),
    });
  }

  #emit(kind: "started" | "degraded", session: Session): void {
    this.#events.push({ kind, session, ...ageSeconds(session, this.#nowMs) });
  }

  #counters(truncatedListings: number): LifeCycleCounters {
    const before = this.#before.counters;
    return {
      ...countEvents(before, this.#events),
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

function startOf(session: Session): number {
  return session.startMs ?? session.lastModifiedMs ?? 0;
}

function ageSeconds(session: Session, atMs: number): { ageSeconds?: number } {
  return session.startMs === undefined ? {} : { ageSeconds: Math.max(0, atMs - session.startMs) / 1000 };
}

function idleTime({ sinceMs, details }: ActiveSession, endMs: number): Partial<LifeCycleEvent> {
  const idleSeconds = Math.max(0, endMs - sinceMs) / 1000;
  return { idleSeconds, idleDpuSeconds: idleSeconds * idleDpusOf(details) };
}
