import type { OwnersConfig } from "../config/config.ts";
import { thresholdsOf, type ThresholdConfig, type Thresholds } from "../config/thresholds.ts";
import type { Failure } from "../failure.ts";
import type { Caller } from "../owners/caller.ts";
import { showCaller, type ShownCaller } from "../owners/shown-caller.ts";
import type { PollResult } from "../poll/poll.ts";
import { newTracker, type Tracker } from "../sessions/tracker.ts";
import type { Target } from "../targets/account-region.ts";
import { activeDpus } from "./active-dpus.ts";
import { takeSnapshot, type SessionRow, type Snapshot } from "./snapshot.ts";
import type { AccountRegionView, WorkgroupView } from "./view.ts";

/** Samples stay for at least this many planned intervals, so that one failed poll withdraws nothing. */
const INTERVALS_UNTIL_STALE = 3;

/** What a record needs of the configuration. */
export interface RecordOptions {
  /** Ascending. */
  readonly idleThresholdsSeconds: readonly number[];
  readonly thresholds: ThresholdConfig;
  /** The planned interval before the first poll. */
  readonly pollIntervalMs: number;
  readonly staleAfterMs: number;
  /** Whether details are read. */
  readonly showsDetails: boolean;
  /** Whether there are histograms of durations. */
  readonly showsDurations: boolean;
  /** How owners are shown; absent where they are not looked up. */
  readonly startedBy?: OwnersConfig["startedBy"];
  /** The price of a DPU-hour in US dollars. */
  readonly dpuHourUsd: number;
}

interface MadeView {
  readonly accountRegion: AccountRegionView;
  readonly target: Target;
  readonly shownSessions: number;
  readonly isFresh: boolean;
  readonly hasSeries: boolean;
  readonly view: WorkgroupView;
}

/** Everything that is known of one workgroup: its sessions' tracker, its last snapshot, and the outcomes of its polls. */
export class WorkgroupRecord {
  target: Target;
  /** How many of its sessions, from the first, have per-session series. */
  shownSessions = 0;
  #options: RecordOptions;
  #tracker = newTracker;
  #owners: ReadonlyMap<string, Caller> = new Map();
  #shownOwners: ReadonlyMap<string, ShownCaller> = new Map();
  #snapshot: Snapshot | undefined;
  #failure: Failure | undefined;
  #polls = 0;
  #pollFailures = 0;
  #lastSuccessMs = 0;
  #lastSuccessMonotonicMs = 0;
  #freshMs = 0;
  #lastPollMs: number | undefined;
  #plannedIntervalMs: number;
  /** The last view, and what it was made of besides the fields that reset it. */
  #made: MadeView | undefined;

  constructor(target: Target, options: RecordOptions) {
    this.target = target;
    this.#options = options;
    this.#plannedIntervalMs = options.pollIntervalMs;
  }

  get tracker(): Tracker {
    return this.#tracker;
  }

  get polls(): number {
    return this.#polls;
  }

  /** The sessions of the last successful poll, in the order of compareRows. */
  get rows(): readonly SessionRow[] {
    return this.#snapshot?.rows ?? [];
  }

  /** DPUs that its sessions hold, by the names of the quotas; none once the last successful poll is too old. */
  activeDpus(nowMonotonicMs: number): ReadonlyMap<string, number> {
    const rows = nowMonotonicMs < this.sessionsExpireAtMs ? this.rows : [];
    return activeDpus(rows, this.target.engineVersion);
  }

  /** When samples of sessions are withdrawn, in monotonic milliseconds; Infinity where there are none. */
  get sessionsExpireAtMs(): number {
    return this.#snapshot === undefined ? Infinity : this.#lastSuccessMonotonicMs + this.#freshMs;
  }

  /** Applies the result of a poll; a failed one changes no session. */
  apply(
    { outcome, durationMs }: PollResult,
    plannedIntervalMs: number,
    nowWallMs: number,
    nowMonotonicMs: number,
  ): void {
    const isWithdrawn = nowMonotonicMs >= this.sessionsExpireAtMs;
    this.#made = undefined;
    this.#polls += 1;
    this.#lastPollMs = durationMs;
    this.#plannedIntervalMs = plannedIntervalMs;
    if ("failure" in outcome) {
      // A longer interval must not bring back what was withdrawn: nothing new is known of it.
      if (!isWithdrawn) this.#setFreshness();
      this.#pollFailures += 1;
      this.#failure = outcome.failure;
      if (outcome.failure.reason === "not_found") this.#snapshot = undefined;
      return;
    }
    this.#tracker = outcome.findings.tracker;
    this.#takeSnapshot(nowWallMs);
    this.#failure = undefined;
    this.#lastSuccessMs = nowWallMs;
    this.#lastSuccessMonotonicMs = nowMonotonicMs;
    this.#setFreshness();
  }

  /** Applies a changed configuration; its thresholds apply to the last successful poll at once. */
  setOptions(options: RecordOptions): void {
    this.#options = options;
    if (this.#polls === 0) this.#plannedIntervalMs = options.pollIntervalMs;
    this.#setFreshness();
    this.setOwners(options.startedBy === undefined ? new Map() : this.#owners);
  }

  /** Sets who started its sessions, by their ids; it shows at once. */
  setOwners(owners: ReadonlyMap<string, Caller>): void {
    const { startedBy } = this.#options;
    this.#made = undefined;
    this.#owners = owners;
    this.#shownOwners = new Map(
      startedBy === undefined ? [] : [...owners].map(([id, owner]) => [id, showCaller(owner, startedBy)]),
    );
    if (this.#snapshot !== undefined) this.#takeSnapshot(this.#snapshot.takenAtMs);
  }

  /** `hasSeries`: whether per-session series are enabled at all; otherwise none is omitted because of a limit. */
  view(accountRegion: AccountRegionView, nowMonotonicMs: number, hasSeries: boolean): WorkgroupView {
    const { target, shownSessions } = this;
    const isFresh = nowMonotonicMs < this.sessionsExpireAtMs;
    const made = this.#made;
    // The status page takes thousands of views at a time.
    if (
      made !== undefined &&
      made.accountRegion === accountRegion &&
      made.target === target &&
      made.shownSessions === shownSessions &&
      made.isFresh === isFresh &&
      made.hasSeries === hasSeries
    ) {
      return made.view;
    }
    const view = this.#makeView(accountRegion, isFresh, hasSeries);
    this.#made = { accountRegion, target, shownSessions, isFresh, hasSeries, view };
    return view;
  }

  #makeView(
    { accountId, accountName, region, roleArn }: AccountRegionView,
    isFresh: boolean,
    hasSeries: boolean,
  ): WorkgroupView {
    const { workgroup, engineVersion, tagLabels } = this.target;
    const { startedBy } = this.#options;
    return {
      accountId,
      accountName,
      roleArn,
      region,
      workgroup,
      engineVersion: engineVersion === "" ? (this.rows[0]?.engineVersion ?? "") : engineVersion,
      ...(tagLabels !== undefined && { tagLabels }),
      up: this.#lastSuccessMs > 0 && this.#failure === undefined,
      ...(this.#failure !== undefined && { failure: this.#failure }),
      ...(this.#snapshot !== undefined && isFresh && { snapshot: this.#snapshot }),
      shownSessions: this.shownSessions,
      omittedSessions: hasSeries ? this.rows.length - this.shownSessions : 0,
      showsDetails: this.#options.showsDetails,
      showsDurations: this.#options.showsDurations,
      thresholds: this.#thresholds(),
      showsOwners: startedBy !== undefined,
      namesOwners: startedBy !== undefined && startedBy !== "off",
      dpuHourUsd: this.#options.dpuHourUsd,
      counters: this.#tracker.counters,
      polls: this.#polls,
      pollFailures: this.#pollFailures,
      lastSuccessMs: this.#lastSuccessMs,
      ...(this.#lastPollMs !== undefined && { lastPollSeconds: this.#lastPollMs / 1000 }),
      plannedIntervalSeconds: this.#plannedIntervalMs / 1000,
    };
  }

  #setFreshness(): void {
    this.#freshMs = Math.max(this.#options.staleAfterMs, INTERVALS_UNTIL_STALE * this.#plannedIntervalMs);
  }

  #takeSnapshot(takenAtMs: number): void {
    const { idleThresholdsSeconds } = this.#options;
    const { seconds } = this.#thresholds();
    this.#snapshot = takeSnapshot(
      this.#tracker,
      idleThresholdsSeconds,
      seconds,
      takenAtMs,
      this.#shownOwners,
      this.#snapshot,
    );
  }

  #thresholds(): Thresholds {
    return thresholdsOf(this.#options.thresholds, this.target);
  }
}
