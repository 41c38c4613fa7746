import { isDeepStrictEqual } from "node:util";
import type { Clock } from "../clock.ts";
import type { Config } from "../config/config.ts";
import type { Failure } from "../failure.ts";
import type { Caller } from "../owners/caller.ts";
import type { ExplainedEnd, FoundOwner } from "../owners/owner-tracker.ts";
import { showCaller, type ShownCaller } from "../owners/shown-caller.ts";
import { OwnerFinder, type CutShort, type OwnerCalls, type OwnerListener } from "../poll/owner-finder.ts";
import type { LifeCycleEvent } from "../sessions/life-cycle.ts";
import type { Findings } from "../sessions/plan.ts";
import type { Board } from "../snapshot/board.ts";
import type { AccountRegion, Target } from "../targets/account-region.ts";

/** Who started and ended a session; absent where it is not known. */
export interface EventCallers {
  readonly startedBy?: ShownCaller;
  readonly endedBy?: ShownCaller | "idle_timeout";
  /** The event was told later than the poll that found it, so that `endedBy` may be known. */
  readonly isLate?: true;
}

/** Receives what happens to sessions, and whose they are. */
export interface OwnersListener {
  /** A session started, became degraded or ended; an end may be told minutes after the poll that found it. */
  happened(accountRegion: AccountRegion, target: Target, event: LifeCycleEvent, callers: EventCallers): void;
  ownerFound(accountRegion: AccountRegion, target: Target, sessionId: string, owner: ShownCaller): void;
  /** A lookup of owners has ended. */
  ownersLookedUp(accountRegion: AccountRegion, failure: Failure | undefined): void;
  ownersCutShort(accountRegion: AccountRegion, lookup: CutShort): void;
}

/** Ignores everything. */
export const NO_OWNERS_LISTENER: OwnersListener = {
  happened: () => undefined,
  ownerFound: () => undefined,
  ownersLookedUp: () => undefined,
  ownersCutShort: () => undefined,
};

interface OwnersParts {
  readonly calls: OwnerCalls;
  readonly board: Board;
  readonly listener: OwnersListener;
  readonly clock: Clock;
  /** Ends the search. */
  readonly signal: AbortSignal;
}

/** The owners of the sessions of one account and region, where the configuration has them looked up. */
export class SessionOwners {
  readonly #parts: OwnersParts;
  #config: Config;
  #accountRegion: AccountRegion;
  #running: { readonly finder: OwnerFinder; readonly end: AbortController } | undefined;

  constructor(config: Config, accountRegion: AccountRegion, parts: OwnersParts) {
    this.#parts = parts;
    this.#config = config;
    this.#accountRegion = accountRegion;
    this.#running = this.#start();
  }

  /** Owners that are known stay known, unless they are no longer looked up. */
  applyConfig(config: Config, accountRegion: AccountRegion): void {
    const former = this.#config.sessions.owners;
    this.#config = config;
    this.#accountRegion = accountRegion;
    const { owners } = config.sessions;
    if (isDeepStrictEqual({ ...former, startedBy: "" }, { ...owners, startedBy: "" })) return;
    this.close();
    this.#running = this.#start();
  }

  /** A poll of a target has found these events and active sessions. */
  polled(target: Target, { events, tracker }: Findings): void {
    const finder = this.#running?.finder;
    for (const event of events) {
      if (finder?.explainEnd(target, event) === true) continue;
      this.#happened(target, event, { startedBy: finder?.ownerOf(target, event.session.id) });
    }
    finder?.polled(
      target,
      [...tracker.active.values()].map(({ session }) => session),
    );
  }

  /** Forgets the sessions of targets that are no longer polled. */
  retain(targets: readonly Target[]): void {
    this.#running?.finder.retain(targets);
  }

  /** Whether a lookup was tried for each session. */
  wasTried(): boolean {
    return this.#running?.finder.wasTried() ?? true;
  }

  /** Ends the search. Ends of sessions that wait for it are told as they are. */
  close(): void {
    this.#running?.end.abort(new Error("owners are no longer looked up"));
    this.#running?.finder.close();
    this.#running = undefined;
  }

  #start(): { readonly finder: OwnerFinder; readonly end: AbortController } | undefined {
    const { owners } = this.#config.sessions;
    if (owners === undefined) return undefined;
    const { calls, clock, signal } = this.#parts;
    const end = new AbortController();
    const finder = new OwnerFinder(calls, this.#listener(), {
      clock,
      signal: AbortSignal.any([signal, end.signal]),
      config: owners,
      deadlineMs: () => this.#config.poll.deadlineMs,
      shards: this.#accountRegion.shard.total,
    });
    return { finder, end };
  }

  #listener(): OwnerListener {
    const { listener } = this.#parts;
    return {
      found: (owners) => this.#found(owners),
      ended: (end) => this.#ended(end),
      lookedUp: (failure) => listener.ownersLookedUp(this.#accountRegion, failure),
      cutShort: (lookup) => listener.ownersCutShort(this.#accountRegion, lookup),
    };
  }

  #found(owners: readonly FoundOwner[]): void {
    const { board, listener } = this.#parts;
    for (const target of new Set(owners.map((found) => found.target))) {
      const known = this.#running?.finder.ownersOf(target);
      if (known !== undefined) board.setOwners(this.#accountRegion, target, known);
    }
    for (const { target, sessionId, owner } of owners) {
      const shown = this.#shown(owner);
      if (shown !== undefined && shown.name !== "")
        listener.ownerFound(this.#accountRegion, target, sessionId, shown);
    }
  }

  #ended({ target, event, startedBy, endedBy }: ExplainedEnd): void {
    this.#happened(target, event, { startedBy, endedBy, isLate: true });
  }

  #happened(
    target: Target,
    event: LifeCycleEvent,
    callers: {
      readonly startedBy?: Caller | undefined;
      readonly endedBy?: Caller | "idle_timeout" | undefined;
      readonly isLate?: true;
    },
  ): void {
    const startedBy = this.#shown(callers.startedBy);
    const endedBy = callers.endedBy === "idle_timeout" ? callers.endedBy : this.#shown(callers.endedBy);
    this.#parts.listener.happened(this.#accountRegion, target, event, {
      ...(startedBy !== undefined && { startedBy }),
      ...(endedBy !== undefined && { endedBy }),
      ...(callers.isLate && { isLate: true }),
    });
  }

  #shown(caller: Caller | undefined): ShownCaller | undefined {
    const form = this.#config.sessions.owners?.startedBy;
    return caller === undefined || form === undefined ? undefined : showCaller(caller, form);
  }
}
