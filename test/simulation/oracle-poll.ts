import { rateLimitWaitMs, type OracleContext } from "./oracle-context.ts";
import { valueOf, type Place } from "./exposition-reader.ts";

/** A successful poll, as the exposition tells of it. Times are milliseconds of the world. */
export interface Success {
  readonly fromMs: number;
  readonly toMs: number;
  /** Whether its duration is known, which a poll that failed since then hides, and its time, which a step of the wall clock makes ambiguous. */
  readonly isTimed: boolean;
}

const SLACK_MS = 1000;

/** Checks what the exposition says of a workgroup's polls, whatever they found. */
export class PollOracle {
  #lastSuccessSeconds = 0;
  #successes = 0;
  #polls = 0;
  #polledMs = 0;
  /** The latest successful poll; undefined before the first. */
  latest: Success | undefined;

  /** How many there were at the last scrape. */
  get polls(): number {
    return this.#polls;
  }

  /** Gives the successful poll that is new since the last scrape. */
  check(place: Place, context: OracleContext): Success | undefined {
    const polls = valueOf(place, "athena_workgroup_polls_total") ?? NaN;
    const failures = valueOf(place, "athena_workgroup_poll_failures_total") ?? NaN;
    const lastSuccess = valueOf(place, "athena_workgroup_last_success_timestamp_seconds") ?? NaN;
    const successes = polls - failures;
    if (polls > this.#polls) this.#polledMs = context.nowMs;
    this.#polls = polls;
    this.#checkHealth(place, context, successes);
    const isNew = successes > this.#successes;
    if (isNew !== (lastSuccess !== this.#lastSuccessSeconds)) {
      context.report(
        "success",
        `${this.#successes} successful polls became ${successes}, the last success ${this.#lastSuccessSeconds} s became ${lastSuccess} s`,
      );
    }
    this.#successes = successes;
    this.#lastSuccessSeconds = lastSuccess;
    if (!isNew) return undefined;
    const times = context.model.wallClock.timesOf(
      lastSuccess * 1000,
      context.previousMs - SLACK_MS,
      context.nowMs + SLACK_MS,
    );
    const [earliestMs] = times;
    const toMs = times.at(-1);
    if (earliestMs === undefined || toMs === undefined) {
      context.report("success", `the last success, ${lastSuccess} s, is no time since the last scrape`);
      return undefined;
    }
    const isTimed = valueOf(place, "athena_workgroup_up") === 1 && earliestMs === toMs;
    const durationMs = isTimed ? (valueOf(place, "athena_workgroup_poll_duration_seconds") ?? 0) * 1000 : 0;
    this.latest = { fromMs: earliestMs - durationMs, toMs, isTimed };
    return this.latest;
  }

  /** Promise: `interval` holds wherever the rate limit suffices; a failed poll delays the next no longer. */
  checkFreshness(
    place: Place,
    context: OracleContext,
    isQuietSince: (fromMs: number) => boolean,
    sinceMs: number,
  ): void {
    const { nowMs, settings } = context;
    const plannedMs = (valueOf(place, "athena_workgroup_poll_interval_seconds") ?? 0) * 1000;
    // Waiting for the rate limit is no part of a poll's deadline.
    const longestMs = plannedMs + settings.deadlineMs + rateLimitWaitMs(context) + 15_000;
    const windowMs = 2 * longestMs + settings.intervalMs;
    if (nowMs - sinceMs < windowMs || !isQuietSince(nowMs - windowMs)) return;
    if (this.latest !== undefined && nowMs - this.latest.toMs <= longestMs) return;
    context.report(
      "freshness",
      `without a fault, the last success is ${(nowMs - (this.latest?.toMs ?? sinceMs)) / 1000} s ago, at a planned interval of ${plannedMs / 1000} s`,
    );
  }

  /** Promise: the interval is the configured one wherever the rate limit suffices. */
  checkInterval(place: Place, context: OracleContext, workgroups: number): void {
    const { settings, shards } = context;
    const plannedMs = (valueOf(place, "athena_workgroup_poll_interval_seconds") ?? 0) * 1000;
    const wantedPerSecond = (workgroups * 1000) / settings.intervalMs;
    if (context.nowMs - context.reloadedMs < 10 * settings.intervalMs + 600_000 || this.#polls < 10) return;
    if (settings.rateLimit / shards < 10 * wantedPerSecond) return;
    if (this.#polledMs <= context.reloadedMs || Math.abs(plannedMs - settings.intervalMs) < 1) return;
    context.report(
      "interval",
      `the planned interval is ${plannedMs / 1000} s, though ${settings.rateLimit} calls a second suffice for ${settings.intervalMs / 1000} s`,
    );
  }

  /** Promises: `up` is 1 if the last poll succeeded and 0 until the first success; `failing` is there only while it failed. */
  #checkHealth(place: Place, context: OracleContext, successes: number): void {
    const up = valueOf(place, "athena_workgroup_up");
    const failing = place.series.filter(({ name }) => name === "athena_workgroup_failing");
    if (up !== 0 && up !== 1) context.report("up", `athena_workgroup_up is ${up}`);
    if (up === 1 && (failing.length > 0 || successes < 1)) {
      context.report("up", `up is 1 with ${failing.length} reasons and ${successes} successful polls`);
    }
    if (up === 0 && failing.length !== (this.#polls > 0 ? 1 : 0)) {
      context.report("failing", `up is 0 after ${this.#polls} polls with ${failing.length} reasons`);
    }
    for (const { labels } of failing) this.#checkReason(place, context, labels["reason"] ?? "");
  }

  /** Promise: `failing` tells the reason of the last poll's failure, so it must have been an answer. */
  #checkReason({ account, region, workgroup }: Place, context: OracleContext, reason: string): void {
    const { model, nowMs, settings } = context;
    const sinceMs = nowMs - 4 * settings.intervalMs - 4 * settings.deadlineMs - 3_600_000;
    const calls = model.failedCalls;
    // A refusal in another account's name is one, too.
    const wasRotated = model.rotations.length > 0;
    for (let index = calls.length - 1; index >= 0; index -= 1) {
      const call = calls[index];
      if (call === undefined || call.atMs < sinceMs) break;
      const isHere = (account === "" || wasRotated || call.account === account) && call.region === region;
      const isReason =
        call.reason === reason || (reason === "not_found" && call.reason === "invalid_request");
      if (isHere && isReason && (call.workgroup ?? workgroup) === workgroup) return;
    }
    if (reason !== "credentials") context.report("failing", `no call failed with ${reason}`);
  }
}
