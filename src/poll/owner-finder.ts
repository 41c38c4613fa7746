import type { Athena } from "../athena/athena.ts";
import type { Clock } from "../clock.ts";
import type { OwnersConfig } from "../config/config.ts";
import type { Failure } from "../failure.ts";
import type { Caller } from "../owners/caller.ts";
import type { SearchTime, TimeWindow } from "../owners/event-search.ts";
import { OwnerTracker, type ExplainedEnd, type FoundOwner } from "../owners/owner-tracker.ts";
import type { EventPage, EventQuery, SessionOperation } from "../owners/session-event.ts";
import type { LifeCycleEvent } from "../sessions/life-cycle.ts";
import type { Session } from "../sessions/session.ts";
import type { Target } from "../targets/account-region.ts";
import { withCallContext, type WorkLimits } from "./call-context.ts";
import { Permits } from "./permits.ts";

/** The API calls that find owners. */
export type OwnerCalls = Pick<Athena, "lookupEvents" | "nowMs">;

/** Receives what is found. */
export interface OwnerListener {
  /** Some owners of a target's sessions are known now. */
  found(owners: readonly FoundOwner[]): void;
  ended(end: ExplainedEnd): void;
  /** A lookup has ended. */
  lookedUp(failure: Failure | undefined): void;
  cutShort(lookup: CutShort): void;
}

/** A lookup that was cut short by the limit on its pages. */
export interface CutShort {
  readonly operation: SessionOperation;
  readonly window: TimeWindow;
  /** Earlier events were not read. */
  readonly completeFromMs: number;
  readonly pages: number;
}

export interface OwnerFinderOptions {
  readonly clock: Clock;
  /** Ends the search. */
  readonly signal: AbortSignal;
  readonly config: OwnersConfig;
  /** Of one page, retries included. */
  readonly deadlineMs: () => number;
  /** Exporters that share the account and region's rate. */
  readonly shards: number;
}

/** At 5 seconds each, a lookup takes less than four minutes, after which new sessions have their turn. */
const MAX_PAGES = 40;
/** A failed lookup is tried again after this, then after twice as long, and so on. */
const FIRST_RETRY_MS = 30_000;
const MAX_RETRY_MS = 15 * 60_000;

/**
 * Finds out from CloudTrail who started the sessions of an account and region, and who ended them. It has a rate limit of its own, as
 * CloudTrail has, and takes nothing from polls.
 */
export class OwnerFinder {
  readonly #calls: OwnerCalls;
  readonly #listener: OwnerListener;
  readonly #options: OwnerFinderOptions;
  readonly #tracker: OwnerTracker;
  readonly #permits: Permits;
  #failures = 0;
  #failure: Failure | undefined;
  #retryAtMs = 0;
  #isLookingUp = false;
  #cancel = (): void => {};

  constructor(calls: OwnerCalls, listener: OwnerListener, options: OwnerFinderOptions) {
    const { clock, signal, config, shards } = options;
    this.#calls = calls;
    this.#listener = listener;
    this.#options = options;
    this.#tracker = new OwnerTracker({ delayMs: config.delayMs, minRetryMs: config.minRetryMs });
    this.#permits = new Permits(1000 / config.requestIntervalMs / shards, clock);
    signal.addEventListener("abort", () => this.#cancel(), { once: true });
  }

  /** The owner of an active session; undefined while unknown. */
  ownerOf(target: Target, sessionId: string): Caller | undefined {
    return this.#tracker.ownerOf(target, sessionId);
  }

  ownersOf(target: Target): ReadonlyMap<string, Caller> {
    return this.#tracker.ownersOf(target);
  }

  /** Looks for who ended a session. Returns whether the listener will be told; for any other event it will not. */
  explainEnd(target: Target, event: LifeCycleEvent): boolean {
    return this.#tracker.explainEnd(target, event, this.#now());
  }

  /** A poll has found these active sessions. */
  polled(target: Target, active: Iterable<Session>): void {
    this.#tracker.polled(target, active, this.#now());
    this.#plan();
  }

  /** Forgets the sessions of targets that are no longer polled. */
  retain(targets: readonly Target[]): void {
    this.#tell([], this.#tracker.retain(targets));
  }

  /** Whether a lookup was tried for each session, or lookups fail. */
  wasTried(): boolean {
    return this.#failures > 0 || this.#tracker.wereStartsLookedUp(this.#calls.nowMs());
  }

  /** Tells the ends that are not explained yet. */
  close(): void {
    this.#tell([], this.#tracker.close());
  }

  #now(): SearchTime {
    return { awsMs: this.#calls.nowMs(), monotonicMs: this.#options.clock.monotonicMs() };
  }

  /** Starts a lookup once one is due. */
  #plan(): void {
    const { clock, signal } = this.#options;
    this.#cancel();
    if (this.#isLookingUp || signal.aborted) return;
    const { awsMs, monotonicMs } = this.#now();
    const dueMs = Math.max(this.#tracker.dueMs(awsMs), this.#retryAtMs);
    if (dueMs < Infinity) {
      this.#cancel = clock.after(Math.max(0, dueMs - monotonicMs), () => void this.#lookUp());
    }
  }

  async #lookUp(): Promise<void> {
    const began = this.#now();
    const lookup = this.#tracker.nextLookup(began);
    if (lookup !== undefined) {
      this.#isLookingUp = true;
      await this.#read(lookup.operation, lookup.window, began);
      this.#isLookingUp = false;
      if (!this.#options.signal.aborted) this.#listener.lookedUp(this.#failure);
    }
    this.#plan();
  }

  /** Reads the pages of a window, newest first. */
  async #read(operation: SessionOperation, window: TimeWindow, began: SearchTime): Promise<void> {
    let query: EventQuery = { operation, ...window };
    let completeFromMs = window.toMs;
    for (let pages = 1; ; pages += 1) {
      const page = await this.#readPage(query);
      if (page === undefined) return;
      const { owners, ends } = this.#tracker.apply(page.events);
      this.#tell(owners, ends);
      const { nextToken, oldestMs = completeFromMs } = page;
      completeFromMs = nextToken === undefined ? window.fromMs : Math.min(completeFromMs, oldestMs);
      const isEndless = nextToken === query.nextToken || pages === MAX_PAGES;
      if (nextToken === undefined || isEndless) {
        if (nextToken !== undefined) this.#listener.cutShort({ operation, window, completeFromMs, pages });
        break;
      }
      query = { ...query, nextToken };
    }
    this.#tell([], this.#tracker.lookedUp(operation, window, completeFromMs, began));
  }

  /** Undefined if it fails, or if the search has ended. */
  async #readPage(query: EventQuery): Promise<EventPage | undefined> {
    const { clock, signal, deadlineMs } = this.#options;
    const limits: WorkLimits = {
      clock,
      signal,
      deadlineMs: deadlineMs(),
      permits: this.#permits,
      hasPermit: false,
    };
    const { result } = await withCallContext(limits, (context) => this.#calls.lookupEvents(query, context));
    if (signal.aborted) return undefined;
    if ("failure" in result) {
      const retryMs = Math.min(FIRST_RETRY_MS * 2 ** this.#failures, MAX_RETRY_MS);
      this.#retryAtMs = clock.monotonicMs() + retryMs;
      this.#failures += 1;
      this.#failure = result.failure;
      this.#tell([], this.#tracker.lookupFailed(this.#calls.nowMs()));
      return undefined;
    }
    this.#failures = 0;
    this.#failure = undefined;
    return result.value;
  }

  #tell(owners: readonly FoundOwner[], ends: readonly ExplainedEnd[]): void {
    if (owners.length > 0) this.#listener.found(owners);
    for (const end of ends) this.#listener.ended(end);
  }
}
