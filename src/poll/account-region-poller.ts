import { setMaxListeners } from "node:events";
import pLimit, { type LimitFunction } from "p-limit";
import type { PollConfig } from "../config/config.ts";
import type { Clock } from "../clock.ts";
import type { Tracker } from "../sessions/tracker.ts";
import { hash } from "../targets/hash.ts";
import type { Region, Target } from "../targets/account-region.ts";
import { Discovery, type DiscoveryCalls, type DiscoveryResult } from "./discovery.ts";
import { Permits } from "./permits.ts";
import { poll, type PollResult, type SessionCalls, type WorkOptions } from "./poll.ts";
import { Schedule } from "./schedule.ts";

/** Targets whose last poll timed out share this part of the slots, so that hanging ones leave room for others. */
const SUSPECT_SHARE = 0.2;
/** A failed discovery is tried again after this, then after twice as long, and so on. */
const FIRST_RETRY_MS = 5000;
/** Calls that a poll may add for the details of single sessions. */
const MAX_DETAIL_CALLS = 10;
/** Several daemons that start at once do not ask at once. */
const MAX_START_DELAY_MS = 500;

/** Who is told of what came of the work, and knows what came of it before. */
export interface RegionListener {
  trackerOf(region: Region, target: Target): Tracker;
  discovered(region: Region, result: DiscoveryResult): void;
  polled(region: Region, target: Target, result: PollResult, plannedIntervalMs: number): void;
  skipped(region: Region, polls: number): void;
}

export interface RegionPollerOptions {
  readonly config: PollConfig;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly signal: AbortSignal;
  /** There will be no second poll, so that no first one may leave anything for later. */
  readonly isOneShot: boolean;
  /** Asks, session by session, for what listings don't tell. */
  readonly wantsDetails: boolean;
}

/** Polls one account's region: discovers its workgroups, and polls each in its turn, within the region's own limits. */
export class RegionPoller {
  #region: Region;
  readonly #calls: SessionCalls & DiscoveryCalls;
  readonly #listener: RegionListener;
  readonly #options: RegionPollerOptions;
  readonly #work: Omit<WorkOptions, "hasPermit"> & { readonly permits: Permits };
  readonly #permits: Permits;
  readonly #slots: LimitFunction;
  readonly #schedule: Schedule;
  #discovery: Discovery;
  readonly #targets = new Map<string, Target>();
  #suspectsInFlight = 0;
  #failedDiscoveries = 0;
  #cancelPump = (): void => {};
  #cancelDiscovery = (): void => {};

  constructor(
    region: Region,
    calls: SessionCalls & DiscoveryCalls,
    listener: RegionListener,
    options: RegionPollerOptions,
  ) {
    const { config, clock, signal } = options;
    // Every poll under way listens for the end; Node would warn of a leak at the eleventh.
    setMaxListeners(0, signal);
    this.#region = region;
    this.#calls = calls;
    this.#listener = listener;
    this.#options = options;
    this.#permits = new Permits(config.rateLimit, clock);
    this.#work = { clock, permits: this.#permits, deadlineMs: config.deadlineMs, signal };
    this.#slots = pLimit(config.concurrency);
    this.#schedule = new Schedule({ intervalMs: config.intervalMs, ratePerSecond: config.rateLimit });
    this.#discovery = new Discovery(region, calls, this.#work);
  }

  start(): void {
    const { clock, random, signal } = this.#options;
    this.#cancelDiscovery = clock.after(random() * MAX_START_DELAY_MS, () => void this.#discover());
    signal.addEventListener(
      "abort",
      () => {
        this.#cancelDiscovery();
        this.#cancelPump();
      },
      { once: true },
    );
  }

  /** Follows a changed selection of workgroups, at once. Targets that stay keep their place in the schedule. */
  update(region: Region): void {
    this.#region = region;
    this.#discovery = new Discovery(region, this.#calls, this.#work, this.#discovery);
    this.#cancelDiscovery();
    void this.#discover();
  }

  async #discover(): Promise<void> {
    const { clock, signal } = this.#options;
    const discovery = this.#discovery;
    const result = await discovery.run();
    if (signal.aborted || discovery !== this.#discovery) return;
    this.#apply(result);
    // A command that polls once has all it wanted when it hears of this, and ends the work.
    if (this.#options.signal.aborted) return;
    this.#failedDiscoveries = result.failure === undefined ? 0 : this.#failedDiscoveries + 1;
    this.#cancelDiscovery = clock.after(this.#discoveryDelayMs(), () => void this.#discover());
  }

  #discoveryDelayMs(): number {
    if (this.#failedDiscoveries === 0) return this.#discovery.dueInMs();
    return Math.min(this.#region.discoveryIntervalMs, FIRST_RETRY_MS * 2 ** (this.#failedDiscoveries - 1));
  }

  #apply(result: DiscoveryResult): void {
    if (result.targets !== undefined) this.#setTargets(result.targets);
    this.#listener.discovered(this.#region, result);
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

  /** Starts polls while there is a slot, a permit and a target that is due; comes back when there may be again. */
  #pump(): void {
    this.#cancelPump();
    const { clock, signal, config } = this.#options;
    while (!signal.aborted && this.#slots.activeCount + this.#slots.pendingCount < config.concurrency) {
      const maySuspect = this.#suspectsInFlight < Math.ceil(config.concurrency * SUSPECT_SHARE);
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
    const pick = this.#schedule.pick(this.#options.clock.monotonicMs(), maySuspect);
    const target = pick && this.#targets.get(pick.key);
    if (pick === undefined || target === undefined) return;
    if (pick.skipped > 0) this.#listener.skipped(this.#region, pick.skipped);
    if (pick.isSuspect) this.#suspectsInFlight += 1;
    void this.#slots(async () => this.#poll(target)).finally(() => {
      if (pick.isSuspect) this.#suspectsInFlight -= 1;
      this.#pump();
    });
  }

  async #poll(target: Target): Promise<void> {
    const { clock, config, signal } = this.#options;
    const time = {
      nowMonotonicMs: clock.monotonicMs(),
      pollIntervalMs: this.#schedule.plannedIntervalMs(target.key),
      reconcileIntervalMs: config.reconcileIntervalMs,
      isScarce: !this.#options.isOneShot && this.#schedule.isScarce(),
      phase: hash(target.key),
      maxDetailCalls: this.#maxDetailCalls(target),
    };
    const tracker = this.#listener.trackerOf(this.#region, target);
    const result = await this.#explain(
      target,
      await poll(target.workgroup, tracker, time, this.#calls, { ...this.#work, hasPermit: true }),
    );
    if (signal.aborted) return;
    const { outcome } = result;
    this.#schedule.done(target.key, {
      calls: result.calls,
      timedOut: "failure" in outcome && outcome.failure.reason === "timeout",
      ...("findings" in outcome && { hasLivingSessions: isActive(outcome.findings) }),
    });
    if (!this.#targets.has(target.key)) return;
    this.#listener.polled(this.#region, target, result, this.#schedule.plannedIntervalMs(target.key));
  }

  /** Details come behind polls: where the limit does not even suffice for those, one at a time. */
  #maxDetailCalls({ key }: Target): number {
    const { config, wantsDetails } = this.#options;
    if (!wantsDetails) return 0;
    return this.#schedule.plannedIntervalMs(key) > config.intervalMs ? 1 : MAX_DETAIL_CALLS;
  }

  async #explain(target: Target, result: PollResult): Promise<PollResult> {
    if (!("failure" in result.outcome)) return result;
    const { failure } = result.outcome;
    if (failure.reason !== "invalid_request" || failure.operation !== "ListSessions") return result;
    const { intervalMs } = this.#options.config;
    const explained = await this.#discovery.explain(target.workgroup, failure, intervalMs);
    if (explained.result !== undefined && !this.#options.signal.aborted) this.#apply(explained.result);
    return { ...result, outcome: { failure: explained.failure } };
  }
}

/** A workgroup with living sessions, or one that just changed, is worth being asked sooner. */
function isActive({ tracker, events }: { tracker: Tracker; events: readonly unknown[] }): boolean {
  return tracker.living.size > 0 || tracker.unidentified.length > 0 || events.length > 0;
}

/** In another order each time, so that no workgroup is always the last to be polled after a start. */
function shuffled<Item>(items: readonly Item[], random: () => number): Item[] {
  return items
    .map((item) => ({ item, order: random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ item }) => item);
}
