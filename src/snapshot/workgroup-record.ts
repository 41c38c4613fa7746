import type { PollFailure, PollResult } from "../poll/poll.ts";
import { newTracker, type Tracker } from "../sessions/tracker.ts";
import type { Target } from "../targets/account-region.ts";
import type { Snapshot } from "./snapshot.ts";
import { takeSnapshot } from "./take-snapshot.ts";
import type { AccountView, WorkgroupView } from "./view.ts";

/** Samples live at least for so many planned intervals, so that one poll that fails withdraws nothing. */
const INTERVALS_UNTIL_STALE = 3;

/** All that is known of one workgroup: its sessions' tracker, its last-good snapshot, and how its polls went. */
export class WorkgroupRecord {
  #idleThresholdsSeconds: readonly number[];
  target: Target;
  #tracker = newTracker;
  #snapshot: Snapshot | undefined;
  #failure: PollFailure | undefined;
  #polls = 0;
  #pollFailures = 0;
  #lastSuccessMs = 0;
  #lastSuccessMonotonicMs = 0;
  #lastPollMs: number | undefined;
  #plannedIntervalMs: number;
  #sessionsExpireAtMs = Infinity;
  #shownSessions = 0;
  #omittedSessions = 0;

  constructor(target: Target, idleThresholdsSeconds: readonly number[], pollIntervalMs: number) {
    this.target = target;
    this.#idleThresholdsSeconds = idleThresholdsSeconds;
    this.#plannedIntervalMs = pollIntervalMs;
  }

  get tracker(): Tracker {
    return this.#tracker;
  }

  get polls(): number {
    return this.#polls;
  }

  get shownSessions(): number {
    return this.#shownSessions;
  }

  /** Monotonic milliseconds; Infinity while there is nothing that could grow old. */
  get sessionsExpireAtMs(): number {
    return this.#sessionsExpireAtMs;
  }

  /** Takes over what a poll found; one that failed changes nothing but that it failed. */
  apply(
    { outcome, durationMs }: PollResult,
    plannedIntervalMs: number,
    staleAfterMs: number,
    nowWallMs: number,
    nowMonotonicMs: number,
  ): void {
    this.#polls += 1;
    this.#lastPollMs = durationMs;
    this.#plannedIntervalMs = plannedIntervalMs;
    if ("failure" in outcome) {
      this.#pollFailures += 1;
      this.#failure = outcome.failure;
      if (outcome.failure.reason === "not_found") this.#snapshot = undefined;
    } else {
      this.#tracker = outcome.findings.tracker;
      this.#snapshot = takeSnapshot(this.#tracker, this.#idleThresholdsSeconds, nowWallMs);
      this.#failure = undefined;
      this.#lastSuccessMs = nowWallMs;
      this.#lastSuccessMonotonicMs = nowMonotonicMs;
    }
    this.#sessionsExpireAtMs =
      this.#snapshot === undefined
        ? Infinity
        : this.#lastSuccessMonotonicMs + Math.max(staleAfterMs, INTERVALS_UNTIL_STALE * plannedIntervalMs);
  }

  /** Counts anew, as at the last good poll. */
  setIdleThresholds(seconds: readonly number[]): void {
    this.#idleThresholdsSeconds = seconds;
    if (this.#snapshot !== undefined) {
      this.#snapshot = takeSnapshot(this.#tracker, seconds, this.#snapshot.takenAtMs);
    }
  }

  /** Gives at most so many of its sessions series of their own; none, and none is missed, without a limit. */
  showSessions(limit: number | undefined): void {
    const sessions = this.#snapshot?.rows.length ?? 0;
    this.#shownSessions = Math.max(0, Math.min(limit ?? 0, sessions));
    this.#omittedSessions = limit === undefined ? 0 : sessions - this.#shownSessions;
  }

  view(
    { accountId, accountName, region }: AccountView,
    nowMonotonicMs: number,
    showsDetails: boolean,
  ): WorkgroupView {
    const { workgroup, engineVersion, tagLabels } = this.target;
    const isFresh = nowMonotonicMs < this.#sessionsExpireAtMs;
    return {
      accountId,
      accountName,
      region,
      workgroup,
      engineVersion: engineVersion === "" ? (this.#snapshot?.rows[0]?.engineVersion ?? "") : engineVersion,
      ...(tagLabels !== undefined && { tagLabels }),
      up: this.#lastSuccessMs > 0 && this.#failure === undefined,
      ...(this.#failure !== undefined && { failure: this.#failure }),
      ...(this.#snapshot !== undefined && isFresh && { snapshot: this.#snapshot }),
      shownSessions: this.#shownSessions,
      omittedSessions: this.#omittedSessions,
      showsDetails,
      counters: this.#tracker.counters,
      polls: this.#polls,
      pollFailures: this.#pollFailures,
      lastSuccessMs: this.#lastSuccessMs,
      ...(this.#lastPollMs !== undefined && { lastPollSeconds: this.#lastPollMs / 1000 }),
      plannedIntervalSeconds: this.#plannedIntervalMs / 1000,
    };
  }
}
