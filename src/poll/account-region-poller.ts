import { setMaxListeners } from "node:events";
import pLimit, { type LimitFunction } from "p-limit";
import type { Clock } from "../clock.ts";
import type { PollConfig } from "../config/config.ts";
import type { StateFilter } from "../sessions/call.ts";
import type { Findings } from "../sessions/plan.ts";
import type { Tracker } from "../sessions/tracker.ts";
import type { AccountRegion, Target } from "../targets/account-region.ts";
import { hash } from "../targets/shard.ts";
import type { WorkLimits } from "./call-context.ts";
import { Discovery, type DiscoveryCalls, type DiscoveryResult } from "./discovery.ts";
import { Permits } from "./permits.ts";
import { poll, type PollResult, type SessionCalls } from "./poll.ts";
import { Schedule, type Choice } from "./schedule.ts";

/** Targets whose last poll timed out share this part of the slots, so that hanging ones leave room for others. */
const SUSPECT_SHARE = 0.2;
/** A failed discovery is tried again after this, then after twice as long, and so on. */
const FIRST_RETRY_MS = 5000;
/** GetSession calls that a poll may add for details. */
const MAX_DETAIL_CALLS = 10;

/** Receives the outcomes of polls and discoveries, and keeps the trackers. */
export interface PollerListener {
  trackerOf(accountRegion: AccountRegion, target: Target): Tracker;
  discovered(accountRegion: AccountRegion, result: DiscoveryResult): void;
  polled(accountRegion: AccountRegion, target: Target, result: PollResult, plannedIntervalMs: number): void;
  /** The schedule has chosen a target, whose poll starts. */
  picked(accountRegion: AccountRegion, target: Target, choice: Choice): void;
}

export interface PollerOptions {
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  /** Ends the polling. */
  readonly signal: AbortSignal;
  /** There is no second poll, so the first one must be complete. */
  readonly isOneShot: boolean;
  /** What polls list beside the unfiltered listing; absent: as reconciliation needs it. */
  readonly filters?: readonly StateFilter[];
}

/** What a reload may change of a poller. */
export interface PollerConfig {
  readonly poll: PollConfig;
  /** Whether polls call GetSession for what listings leave out. */
  readonly wantsDetails: boolean;
}

/** Polls one account and region: discovers its workgroups, and polls each in its turn, within the limits of the account and region. */
export class AccountRegionPoller {
  readonly #calls: SessionCalls;
  readonly #listener: PollerListener;
  readonly #options: PollerOptions;
  readonly #permits: Permits;
  readonly #slots: LimitFunction;
  readonly #schedule: Schedule;
  readonly #discovery: Discovery;
  readonly #targets = new Map<string, Target>();
  #accountRegion: AccountRegion;
  #config: PollerConfig;
  #suspectsInFlight = 0;
  #failedDiscoveries = 0;
  #isDiscovering = false;
  #cancelPump = (): void => {};
  #cancelDiscovery = (): void => {};

  constructor(
    accountRegion: AccountRegion,
    calls: SessionCalls & DiscoveryCalls,
    listener: PollerListener,
    config: PollerConfig,
    options: PollerOptions,
  ) {
    // Every poll in flight listens for the end; Node would warn of a leak at the eleventh.
    setMaxListeners(0, options.signal);
    this.#accountRegion = accountRegion;
    this.#calls = calls;
    this.#listener = listener;
    this.#config = config;
    this.#options = options;
    this.#permits = new Permits(config.poll.rateLimit, options.clock);
    this.#slots = pLimit(config.poll.concurrency);
    this.#schedule = new Schedule(scheduleOptions(config));
    // At a low rate limit, discovery could otherwise take every permit.
    const sparePermits = { take: (signal: AbortSignal) => this.#permits.takeSpare(signal) };
    this.#discovery = new Discovery(accountRegion, calls, () => this.#limits(sparePermits));
  }

  start(delayMs: number): void {
    const { clock, signal } = this.#options;
    this.#cancelDiscovery = clock.after(delayMs, () => void this.#discover());
    signal.addEventListener(
      "abort",
      () => {
        this.#cancelDiscovery();
        this.#cancelPump();
      },
      { once: true },
    );
  }

  /** Applies a changed configuration at once; what is known of targets and their place in the schedule stay. */
  applyConfig(accountRegion: AccountRegion, config: PollerConfig): void {
    this.#accountRegion = accountRegion;
    this.#config = config;
    this.#permits.setRate(config.poll.rateLimit);
    this.#slots.concurrency = config.poll.concurrency;
    this.#schedule.setOptions(scheduleOptions(config));
    const result = this.#discovery.setAccountRegion(accountRegion);
    if (result !== undefined) this.#apply(result);
    // The reload may have corrected what failed.
    this.#failedDiscoveries = 0;
    // The result of a discovery in progress follows the new configuration, and another discovery follows at once.
    if (!this.#isDiscovering) void this.#discover();
    this.#pump();
  }

  #limits(permits: WorkLimits["permits"]): Omit<WorkLimits, "hasPermit"> {
    const { clock, signal } = this.#options;
    return { clock, permits, deadlineMs: this.#config.poll.deadlineMs, signal };
  }

  async #discover(): Promise<void> {
    const { clock, signal } = this.#options;
    this.#cancelDiscovery();
    this.#isDiscovering = true;
    const result = await this.#discovery.run();
    this.#isDiscovering = false;
    if (signal.aborted) return;
    this.#apply(result);
    // The listener of a one-shot command may have ended the polling.
    if (this.#options.signal.aborted) return;
    this.#failedDiscoveries = result.failure === undefined ? 0 : this.#failedDiscoveries + 1;
    this.#cancelDiscovery = clock.after(this.#discoveryDelayMs(), () => void this.#discover());
  }

  #discoveryDelayMs(): number {
    if (this.#failedDiscoveries === 0) return this.#discovery.dueInMs();
    const retryMs = FIRST_RETRY_MS * 2 ** (this.#failedDiscoveries - 1);
    return Math.min(this.#accountRegion.discoveryIntervalMs, retryMs);
  }

  #apply(result: DiscoveryResult): void {
    if (result.targets !== undefined) this.#setTargets(result.targets);
    this.#listener.discovered(this.#accountRegion, result);
    this.#pump();
  }

  #setTargets(targets: readonly Target[]): void {
    const wanted = new Set(targets.map(({ key }) => key));
    for (const key of this.#targets.keys()) {
      if (wanted.has(key)) continue;
      this.#targets.delete(key);
      this.#schedule.remove(key);
    }
    const nowMs = this.#options.clock.monotonicMs();
    for (const target of shuffled(targets, this.#options.random)) {
      this.#targets.set(target.key, target);
      this.#schedule.add(target.key, nowMs);
    }
  }

  /** Starts polls while there is a slot, a permit and a target that is due; runs again when there may be. */
  #pump(): void {
    this.#cancelPump();
    const { clock, signal } = this.#options;
    const { concurrency } = this.#config.poll;
    while (!signal.aborted && this.#slots.activeCount + this.#slots.pendingCount < concurrency) {
      const maySuspect = this.#suspectsInFlight < Math.ceil(concurrency * SUSPECT_SHARE);
      const dueInMs = this.#schedule.nextDueInMs(clock.monotonicMs(), maySuspect);
      if (dueInMs === undefined) return;
      const waitMs =
        dueInMs > 0 ? dueInMs : this.#permits.tryTake() ? 0 : Math.max(1, this.#permits.waitMs());
      if (waitMs > 0) {
        this.#cancelPump = clock.after(waitMs, () => this.#pump());
        return;
      }
      this.#pollNext(maySuspect);
    }
  }

  #pollNext(maySuspect: boolean): void {
    const choice = this.#schedule.pick(this.#options.clock.monotonicMs(), maySuspect);
    const target = choice && this.#targets.get(choice.key);
    if (choice === undefined || target === undefined) return;
    const isSuspect = choice.class === "suspect";
    this.#listener.picked(this.#accountRegion, target, choice);
    if (isSuspect) this.#suspectsInFlight += 1;
    void this.#slots(async () => this.#poll(target)).finally(() => {
      if (isSuspect) this.#suspectsInFlight -= 1;
      this.#pump();
    });
  }

  async #poll(target: Target): Promise<void> {
    const { clock, isOneShot, filters, signal } = this.#options;
    const time = {
      nowMonotonicMs: clock.monotonicMs(),
      pollIntervalMs: this.#schedule.plannedIntervalMs(target.key),
      reconcileIntervalMs: this.#config.poll.reconcileIntervalMs,
      isScarce: !isOneShot && this.#schedule.isScarce(),
      phase: hash(target.key),
      maxDetailCalls: this.#maxDetailCalls(target),
      ...(filters !== undefined && { filters }),
    };
    const tracker = this.#listener.trackerOf(this.#accountRegion, target);
    const limits = { ...this.#limits(this.#permits), hasPermit: true };
    const result = await this.#explained(
      target,
      await poll(target.workgroup, tracker, time, this.#calls, limits),
    );
    if (signal.aborted) return;
    const { outcome, requests } = result;
    this.#schedule.done(target.key, {
      requests,
      timedOut: "failure" in outcome && outcome.failure.reason === "timeout",
      ...("findings" in outcome && { hasActiveSessions: isActive(outcome.findings) }),
    });
    if (!this.#targets.has(target.key)) return;
    const plannedIntervalMs = this.#schedule.plannedIntervalMs(target.key);
    this.#listener.polled(this.#accountRegion, target, result, plannedIntervalMs);
  }

  /** Polls go before details: where the rate limit does not suffice for polls, details are read one at a time. */
  #maxDetailCalls({ key }: Target): number {
    const { poll, wantsDetails } = this.#config;
    if (!wantsDetails) return 0;
    if (this.#options.isOneShot) return Infinity;
    return this.#schedule.plannedIntervalMs(key) > poll.intervalMs ? 1 : MAX_DETAIL_CALLS;
  }

  /** Replaces the failure of a refused ListSessions by one that says why it was refused. */
  async #explained(target: Target, result: PollResult): Promise<PollResult> {
    if (!("failure" in result.outcome)) return result;
    const { failure } = result.outcome;
    if (failure.reason !== "invalid_request" || failure.operation !== "ListSessions") return result;
    const { intervalMs } = this.#config.poll;
    const explained = await this.#discovery.explainRefusal(target.workgroup, failure, intervalMs);
    if (explained.result !== undefined && !this.#options.signal.aborted) this.#apply(explained.result);
    return { ...result, outcome: { failure: explained.failure } };
  }
}

function scheduleOptions({ poll }: PollerConfig) {
  return { intervalMs: poll.intervalMs, ratePerSecond: poll.rateLimit };
}

/** A workgroup with active sessions, or with events since the last poll, is polled sooner. */
function isActive({ tracker, events }: Findings): boolean {
  return tracker.active.size > 0 || tracker.unidentified.length > 0 || events.length > 0;
}

/** In random order, so that no workgroup is always the last one after a start. */
function shuffled<Item>(items: readonly Item[], random: () => number): Item[] {
  return items
    .map((item) => ({ item, order: random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ item }) => item);
}
