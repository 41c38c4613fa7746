import type { LifeCycleEvent } from "../sessions/life-cycle.ts";
import type { Session } from "../sessions/session.ts";
import type { Target } from "../targets/account-region.ts";
import type { Caller } from "./caller.ts";
import { EventSearch, type SearchTime, type TimeWindow } from "./event-search.ts";
import type { SessionEvent, SessionOperation } from "./session-event.ts";

/** Who ended a session, as far as CloudTrail shows. */
export interface ExplainedEnd {
  readonly target: Target;
  /** The session's end. */
  readonly event: LifeCycleEvent;
  readonly startedBy?: Caller;
  /** Absent where it is not known. */
  readonly endedBy?: Caller | "idle_timeout";
}

/** What events have shown. */
export interface Discovered {
  /** Owners that were found. */
  readonly owners: readonly FoundOwner[];
  readonly ends: readonly ExplainedEnd[];
}

export interface FoundOwner {
  readonly target: Target;
  readonly sessionId: string;
  readonly owner: Caller;
}

export interface OwnerTrackerOptions {
  /** How long after its time CloudTrail may show an event for the first time. */
  readonly delayMs: number;
  /** The shortest time between two lookups of one event. */
  readonly minRetryMs: number;
}

/** A session's start by Athena is a little later than the call that started it. */
const CALLED_BEFORE_START_MS = 5 * 60_000;
/** A session may be TERMINATING for some minutes before it ends. */
const CALLED_BEFORE_END_MS = 15 * 60_000;
/** More ends are not explained: each waits in memory. */
const MAX_WAITING_ENDS = 10_000;

type Owners = Map<string, Caller | undefined>;

interface WaitingEnd {
  readonly target: Target;
  readonly event: LifeCycleEvent;
  startedBy?: Caller;
}

/** Who started the sessions of an account and region, and who ended them: what is known, and what to look up in CloudTrail. */
export class OwnerTracker {
  readonly #starts: EventSearch;
  readonly #ends: EventSearch;
  /** Owners of the active sessions of each target; undefined while unknown. */
  readonly #targets = new Map<string, { readonly target: Target; readonly owners: Owners }>();
  readonly #waitingEnds = new Map<string, WaitingEnd>();

  constructor(options: OwnerTrackerOptions) {
    this.#starts = new EventSearch({ ...options, earlierMs: CALLED_BEFORE_START_MS });
    this.#ends = new EventSearch({ ...options, earlierMs: CALLED_BEFORE_END_MS });
  }

  /** The owner of an active session; undefined while unknown. */
  ownerOf({ key }: Target, sessionId: string): Caller | undefined {
    return this.#targets.get(key)?.owners.get(sessionId);
  }

  /** The known owners of a target's active sessions. */
  ownersOf({ key }: Target): ReadonlyMap<string, Caller> {
    const owners = new Map<string, Caller>();
    for (const [sessionId, owner] of this.#targets.get(key)?.owners ?? []) {
      if (owner !== undefined) owners.set(sessionId, owner);
    }
    return owners;
  }

  /** A poll of a target has found these active sessions. Those that Athena gives no start have no event to look for. */
  polled(target: Target, active: Iterable<Session>, now: SearchTime): void {
    const former = this.#targets.get(target.key)?.owners;
    const owners: Owners = new Map();
    for (const { id, startMs } of active) {
      const owner = former?.get(id);
      owners.set(id, owner);
      if (owner === undefined && startMs !== undefined) this.#starts.add(id, startMs, now);
    }
    this.#targets.set(target.key, { target, owners });
    for (const id of former?.keys() ?? []) if (!owners.has(id)) this.#forgetStart(id);
  }

  /** Forgets the sessions of targets that are no longer polled. Returns their ends, unexplained. */
  retain(targets: readonly Target[]): readonly ExplainedEnd[] {
    const keys = new Set(targets.map(({ key }) => key));
    const ends = this.#takeEnds(({ target }) => !keys.has(target.key));
    for (const [key, { owners }] of this.#targets) {
      if (keys.has(key)) continue;
      this.#targets.delete(key);
      for (const id of owners.keys()) this.#forgetStart(id);
    }
    return ends;
  }

  /** Looks for who ended a session, if CloudTrail can tell. Returns whether its end will be explained. */
  explainEnd(target: Target, event: LifeCycleEvent, now: SearchTime): boolean {
    const { kind, endState, session } = event;
    const { id, startMs, endMs } = session;
    if (kind !== "ended" || endState !== "TERMINATED" || endMs === undefined || id === "") return false;
    if (this.#waitingEnds.has(id) || this.#waitingEnds.size >= MAX_WAITING_ENDS) return false;
    const startedBy = this.ownerOf(target, id);
    this.#waitingEnds.set(id, { target, event, ...(startedBy !== undefined && { startedBy }) });
    this.#ends.add(id, endMs, now);
    if (startedBy === undefined && startMs !== undefined) this.#starts.add(id, startMs, now);
    return true;
  }

  /** When the next lookup is due, in monotonic milliseconds; Infinity if nothing is sought. */
  dueMs(awsMs: number): number {
    return Math.min(this.#starts.dueMs(awsMs), this.#ends.dueMs(awsMs));
  }

  /** The lookup that is due the longest; undefined if none is. */
  nextLookup({
    awsMs,
    monotonicMs,
  }: SearchTime): { readonly operation: SessionOperation; readonly window: TimeWindow } | undefined {
    const isStartFirst = this.#starts.dueMs(awsMs) <= this.#ends.dueMs(awsMs);
    const operation = isStartFirst ? "StartSession" : "TerminateSession";
    const window = this.#searchOf(operation).nextWindow({ awsMs, monotonicMs });
    return window && { operation, window };
  }

  /** Whether each owner that CloudTrail may have was looked up at least once. */
  wereStartsLookedUp(awsMs: number): boolean {
    return this.#starts.wasAllLookedUp(awsMs);
  }

  /** Takes events into account. Those of other sessions, and those that come twice, change nothing. */
  apply(events: readonly SessionEvent[]): Discovered {
    const owners: FoundOwner[] = [];
    const ends: ExplainedEnd[] = [];
    for (const { operation, sessionId, caller } of events) {
      if (!this.#searchOf(operation).remove(sessionId)) continue;
      if (operation === "TerminateSession") ends.push(...this.#endOf(sessionId, caller));
      else owners.push(...this.#setOwner(sessionId, caller));
    }
    return { owners, ends };
  }

  /** A window was looked up; see EventSearch. Returns the ends that do not wait any longer. */
  lookedUp(
    operation: SessionOperation,
    window: TimeWindow,
    completeFromMs: number,
    began: SearchTime,
  ): readonly ExplainedEnd[] {
    const missing = this.#searchOf(operation).lookedUp(window, completeFromMs, began);
    if (operation === "StartSession") return [];
    return missing.flatMap(({ sessionId, isCertain }) => {
      // A session that was not IDLE has met no idle timeout, and Athena does not tell what else ended it.
      const wasIdle = this.#waitingEnds.get(sessionId)?.event.idleSeconds !== undefined;
      return this.#endOf(sessionId, isCertain && wasIdle ? "idle_timeout" : undefined);
    });
  }

  /** A lookup has failed. Returns the ends that do not wait any longer, unexplained. */
  lookupFailed(awsMs: number): readonly ExplainedEnd[] {
    return this.#ends.overdue(awsMs).flatMap((sessionId) => this.#endOf(sessionId, undefined));
  }

  /** Gives up: every end that is not explained yet. */
  close(): readonly ExplainedEnd[] {
    return this.#takeEnds(() => true);
  }

  #searchOf(operation: SessionOperation): EventSearch {
    return operation === "StartSession" ? this.#starts : this.#ends;
  }

  #setOwner(sessionId: string, owner: Caller): readonly FoundOwner[] {
    const waiting = this.#waitingEnds.get(sessionId);
    if (waiting !== undefined) waiting.startedBy = owner;
    for (const { target, owners } of this.#targets.values()) {
      if (!owners.has(sessionId)) continue;
      owners.set(sessionId, owner);
      return [{ target, sessionId, owner }];
    }
    return [];
  }

  #endOf(sessionId: string, endedBy: Caller | "idle_timeout" | undefined): readonly ExplainedEnd[] {
    this.#ends.remove(sessionId);
    const waiting = this.#waitingEnds.get(sessionId);
    if (waiting === undefined) return [];
    this.#waitingEnds.delete(sessionId);
    this.#forgetStart(sessionId);
    return [{ ...waiting, ...(endedBy !== undefined && { endedBy }) }];
  }

  #takeEnds(isTaken: (end: WaitingEnd) => boolean): readonly ExplainedEnd[] {
    return [...this.#waitingEnds].flatMap(([sessionId, end]) =>
      isTaken(end) ? this.#endOf(sessionId, undefined) : [],
    );
  }

  /** Ends the search for who started a session that nobody asks for any more. */
  #forgetStart(sessionId: string): void {
    if (!this.#waitingEnds.has(sessionId)) this.#starts.remove(sessionId);
  }
}
