import {
  hasEnded,
  type CountedState,
  type EndedState,
  type Session,
  type SessionDetails,
} from "./session.ts";
import type { LifeCycleCounters } from "./life-cycle.ts";
import type { LifeCycleEvent } from "./event.ts";
import { enrich, latest } from "./poll-observations.ts";
import { idleDpusOf, SessionTime } from "./session-time.ts";
import type { EndedSession, LivingSession, Tracker } from "./tracker.ts";

/** The Date header, by which AWS' clock is told, is in whole seconds, and both ends round. */
const CLOCK_RESOLUTION_MS = 2000;
/** More than this between AWS' time and the monotonic one is a stepped clock, not a slow call. */
const CLOCK_TOLERANCE_MS = 5000;
/** So many polls in a row must miss a session, and no lookup know it, before it counts as ended. */
const NOT_FOUND_TWICE = 2;
/** The same where single sessions may not be looked up, so that the evidence is weaker. */
const ABSENT_THREE_TIMES = 3;

export interface SuccessionOptions {
  /** Unix milliseconds of AWS' clock. */
  readonly nowMs: number;
  /** Since the last successful poll, by the monotonic clock. */
  readonly elapsedMs: number;
  /** What this poll learned by GetSession. */
  readonly details: ReadonlyMap<string, SessionDetails>;
  readonly wantsDetails: boolean;
}

/** The sessions of a workgroup as they pass from one poll to the next, and what is counted on the way. */
export class Succession {
  readonly living = new Map<string, LivingSession>();
  readonly ended: Map<string, EndedSession>;
  readonly events: LifeCycleEvent[] = [];
  readonly #tracker: Tracker;
  readonly #isBaseline: boolean;
  readonly #baselineMs: number;
  readonly #nowMs: number;
  readonly #elapsedMs: number;
  readonly #details: ReadonlyMap<string, SessionDetails>;
  readonly #wantsDetails: boolean;
  readonly #time: SessionTime;
  #endedDpuSeconds: number;

  constructor(tracker: Tracker, { nowMs, elapsedMs, details, wantsDetails }: SuccessionOptions) {
    this.#tracker = tracker;
    this.#details = details;
    this.#wantsDetails = wantsDetails;
    this.#endedDpuSeconds = tracker.counters.endedDpuSeconds;
    this.#isBaseline = tracker.polls === 0;
    this.#baselineMs = this.#isBaseline ? nowMs : tracker.baselineMs;
    this.#nowMs = nowMs;
    this.#elapsedMs = elapsedMs;
    this.#time = new SessionTime(tracker.counters.sessionSeconds, tracker.counters.idleDpuSeconds);
    this.ended = new Map(tracker.ended);
  }

  /** The counters of before, and what this poll added. */
  counters(truncatedListings: number): LifeCycleCounters {
    const { started, ended, degraded, truncatedListings: truncatedBefore } = this.#tracker.counters;
    const count = (kind: LifeCycleEvent["kind"], endState?: LifeCycleEvent["endState"]) =>
      this.events.filter((event) => event.kind === kind && event.endState === endState).length;
    return {
      started: started + count("started"),
      ended: {
        TERMINATED: ended.TERMINATED + count("ended", "TERMINATED"),
        FAILED: ended.FAILED + count("ended", "FAILED"),
        UNKNOWN: ended.UNKNOWN + count("ended", "UNKNOWN"),
      },
      degraded: degraded + count("degraded"),
      sessionSeconds: this.#time.seconds,
      idleDpuSeconds: this.#time.idleDpuSeconds,
      endedDpuSeconds: this.#endedDpuSeconds,
      truncatedListings: truncatedBefore + truncatedListings,
    };
  }

  /** A session that a call of this poll showed. */
  observe(session: Session): void {
    if (hasEnded(session.state)) this.#observeEnded(session, session.state);
    else this.#observeLiving(session);
  }

  /** A session that lived, and that no call showed. `wasNotFound`: Athena said that it knows none by that id. */
  carryOver(id: string, before: LivingSession, wasNotFound: boolean, mayLookUp: boolean): void {
    const isAbsence = wasNotFound || !mayLookUp;
    const absences = before.absences + (isAbsence ? 1 : 0);
    const isEnd = isAbsence && absences >= (wasNotFound ? NOT_FOUND_TWICE : ABSENT_THREE_TIMES);
    if (isEnd) this.#end(before, before.session, "UNKNOWN", this.#nowMs);
    else this.living.set(id, { ...before, absences });
  }

  #observeLiving(observed: Session): void {
    const end = this.ended.get(observed.id);
    if (end !== undefined && !isAlive(observed, end)) return;
    this.ended.delete(observed.id);
    const before = this.#tracker.living.get(observed.id);
    const session = before === undefined ? observed : latest(before.session, observed);
    if (hasEnded(session.state)) return;
    const state = session.state;
    const sinceMs = this.#sinceMs(session, state, before);
    const details = this.#details.get(session.id) ?? before?.details;
    const fromMs = this.#accountFromMs(before, session);
    this.#time.addLiving(before, { state, sinceMs }, fromMs, this.#nowMs, idleDpusOf(details));

    if (before === undefined && end === undefined) this.#countStart(session);
    const degradedBefore = before?.degradedCounted ?? end?.degradedCounted ?? false;
    const becameDegraded = state === "DEGRADED" && !degradedBefore;
    if (becameDegraded && this.#isNews(sinceMs)) this.#emit("degraded", session);
    this.living.set(session.id, {
      session,
      state,
      sinceMs,
      accountedToMs: this.#nowMs,
      absences: 0,
      degradedCounted: degradedBefore || becameDegraded,
      endCounted: before?.endCounted ?? end !== undefined,
      ...(details !== undefined && { details }),
    });
  }

  #observeEnded(session: Session, state: EndedState): void {
    const endMs = Math.min(session.endMs ?? session.lastModifiedMs ?? this.#nowMs, this.#nowMs);
    const before = this.#tracker.living.get(session.id);
    if (before !== undefined) {
      this.#end(before, session, state, endMs);
      return;
    }
    const known = this.ended.get(session.id);
    const startMs = session.startMs ?? session.lastModifiedMs ?? 0;
    const isNew = known === undefined && startMs >= this.#tracker.countFromMs[state] && this.#isNews(endMs);
    if (isNew) {
      this.#countStart(session);
      this.#emitEnd(session, state, endMs, undefined);
    }
    this.#remember(session, state, endMs, {
      degradedCounted: known?.degradedCounted ?? false,
      awaitsUsage: isNew || (known?.awaitsUsage ?? false),
    });
  }

  #end(before: LivingSession, observed: Session, state: EndedState | "UNKNOWN", endMs: number): void {
    const session = enrich(observed, before.session);
    const fromMs = this.#accountFromMs(before, session);
    // Of one that vanished nobody knows when, so that nothing more is known to have been used.
    if (state !== "UNKNOWN") this.#time.addEnded(before, endMs, fromMs, this.#nowMs);
    if (!before.endCounted) this.#emitEnd(session, state, endMs, before);
    this.#remember(session, state, endMs, {
      degradedCounted: before.degradedCounted,
      awaitsUsage: !before.endCounted,
    });
  }

  #remember(
    session: Session,
    state: EndedState | "UNKNOWN",
    endMs: number,
    { degradedCounted, awaitsUsage }: Pick<EndedSession, "degradedCounted" | "awaitsUsage">,
  ): void {
    const details = this.#details.get(session.id);
    if (awaitsUsage) this.#endedDpuSeconds += details?.usedDpuSeconds ?? 0;
    this.ended.set(session.id, {
      state,
      startMs: session.startMs ?? session.lastModifiedMs ?? 0,
      endMs,
      lastModifiedMs: session.lastModifiedMs ?? endMs,
      degradedCounted,
      awaitsUsage: awaitsUsage && this.#wantsDetails && details === undefined && state !== "UNKNOWN",
    });
  }

  /** Since when it is in its state: IdleSinceDateTime for IDLE, else LastModifiedDateTime as first seen with it. */
  #sinceMs(session: Session, state: CountedState, before: LivingSession | undefined): number {
    const sameState = before?.state === state ? before.sinceMs : undefined;
    const sinceMs =
      state === "IDLE"
        ? (session.idleSinceMs ?? session.lastModifiedMs ?? sameState)
        : (sameState ?? session.lastModifiedMs);
    return Math.min(sinceMs ?? this.#nowMs, this.#nowMs);
  }

  /** From when on its seconds are still to be counted; a clock that stepped adds no more than has really passed. */
  #accountFromMs(before: LivingSession | undefined, session: Session): number {
    if (this.#isBaseline) return this.#nowMs;
    const { polledAtMs } = this.#tracker;
    const fromMs = before?.accountedToMs ?? Math.max(session.startMs ?? this.#nowMs, polledAtMs);
    const passedMs = this.#elapsedMs + CLOCK_TOLERANCE_MS + Math.max(0, polledAtMs - fromMs);
    return Math.max(fromMs, this.#nowMs - passedMs);
  }

  #countStart(session: Session): void {
    if (this.#isNews(session.startMs ?? this.#nowMs)) this.#emit("started", session);
  }

  /** What the first successful poll finds, and what was so before it, is the baseline and no event. */
  #isNews(atMs: number): boolean {
    return !this.#isBaseline && atMs > this.#baselineMs - CLOCK_RESOLUTION_MS;
  }

  #emitEnd(
    session: Session,
    endState: EndedState | "UNKNOWN",
    endMs: number,
    before: LivingSession | undefined,
  ): void {
    const usedDpuSeconds = this.#details.get(session.id)?.usedDpuSeconds;
    this.events.push({
      kind: "ended",
      session,
      endState,
      ...ageSeconds(session, endMs),
      ...(before?.state === "IDLE" && idleness(before, endMs)),
      ...(usedDpuSeconds !== undefined && { usedDpuSeconds }),
    });
  }

  #emit(kind: "started" | "degraded", session: Session): void {
    this.events.push({ kind, session, ...ageSeconds(session, this.#nowMs) });
  }
}

/** A listing that lags shows sessions that have ended as they were. An end that was only presumed is taken back. */
function isAlive(observed: Session, end: EndedSession): boolean {
  return end.state === "UNKNOWN" || (observed.lastModifiedMs ?? 0) > end.lastModifiedMs;
}

function ageSeconds(session: Session, atMs: number): { ageSeconds?: number } {
  return session.startMs === undefined ? {} : { ageSeconds: Math.max(0, atMs - session.startMs) / 1000 };
}

function idleness({ sinceMs, details }: LivingSession, endMs: number): Partial<LifeCycleEvent> {
  const idleSeconds = Math.max(0, endMs - sinceMs) / 1000;
  return { idleSeconds, idleDpuSeconds: idleSeconds * idleDpusOf(details) };
}
