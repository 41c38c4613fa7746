import type { ModelSession } from "./model-session.ts";
import type { ModelWorkgroup } from "./model-workgroup.ts";
import {
  discoveryMs,
  listingAgeMs,
  rateLimitWaitMs,
  wasRotatedSince,
  type OracleContext,
} from "./oracle-context.ts";
import { checkDurations } from "./oracle-durations.ts";
import { CounterOracle, describe } from "./oracle-counters.ts";
import { GaugeOracle } from "./oracle-gauges.ts";
import { PollOracle, type Success } from "./oracle-poll.ts";
import { valueOf, type Place } from "./exposition-reader.ts";
import { sightings } from "./truth.ts";

/** Gauges over all sessions of a workgroup: they change with a successful poll, and with nothing else. */
const GAUGES: ReadonlySet<string> = new Set([
  "athena_sessions",
  "athena_sessions_recently_ended",
  "athena_idle_sessions",
  "athena_sessions_longest_idle_seconds",
  "athena_sessions_combined_idle_seconds",
  "athena_sessions_oldest_age_seconds",
  "athena_idle_dpus",
]);
/** A scrape that falls on the moment of an expiry may show either. */
const EXPIRY_SLACK_MS = 100;

/** Holds what is exposed of one workgroup against the promises, from when it appears until it disappears. */
export class WorkgroupOracle {
  readonly #workgroups: readonly ModelWorkgroup[];
  readonly #poll = new PollOracle();
  readonly #counters: CounterOracle;
  readonly #known = new Map<ModelSession, number>();
  readonly #sinceMs: number;
  #gauges = "";
  /** The planned interval at the last scrape. */
  #plannedMs = Infinity;

  /** `workgroups`: all that ever have the name. `sinceMs`: when it appeared. */
  constructor(workgroups: readonly ModelWorkgroup[], sinceMs: number) {
    this.#workgroups = workgroups;
    this.#counters = new CounterOracle(workgroups);
    this.#sinceMs = sinceMs;
  }

  /** The latest successful poll; undefined before the first. */
  get latestSuccess(): Success | undefined {
    return this.#poll.latest;
  }

  /** Whether the name left and came back between two scrapes, as the workgroup was deleted and created anew. */
  startsAnew(place: Place, context: OracleContext): boolean {
    const polls = valueOf(place, "athena_workgroup_polls_total") ?? NaN;
    const sinceMs = context.nowMs - discoveryMs(context);
    return (
      polls < this.#poll.polls &&
      this.#workgroups.some(({ item }) => item.fromMs >= sinceMs && item.fromMs <= context.nowMs)
    );
  }

  check(place: Place, context: OracleContext): void {
    if (!place.isChanged) {
      this.#checkStaleness(place, context);
      this.#poll.checkFreshness(
        place,
        context,
        (fromMs) => this.#isQuietSince(fromMs, place, context),
        this.#sinceMs,
      );
      return;
    }
    this.#counters.checkMonotony(place, context);
    checkDurations(place, context, this.#workgroups);
    const success = this.#poll.check(place, context);
    this.#checkStaleness(place, context);
    const gauges = gaugesOf(place);
    if (success === undefined) this.#checkUnchanged(gauges, place, context);
    else this.#checkFound(success, place, context, gauges !== "");
    this.#gauges = gauges;
    this.#poll.checkFreshness(
      place,
      context,
      (fromMs) => this.#isQuietSince(fromMs, place, context),
      this.#sinceMs,
    );
  }

  /** `workgroups`: how many are polled in the same account and region. */
  checkInterval(place: Place, context: OracleContext, workgroups: number): void {
    this.#poll.checkInterval(place, context, workgroups);
  }

  /** Promise: up is 0 after a poll that failed, and so after every poll of an outage. */
  checkOutage(place: Place, context: OracleContext): void {
    const { model, nowMs, settings } = context;
    const { account, region, workgroup } = place;
    const plannedMs = (valueOf(place, "athena_workgroup_poll_interval_seconds") ?? 0) * 1000;
    const fromMs = nowMs - 2 * plannedMs - 3 * settings.deadlineMs - rateLimitWaitMs(context);
    const request = { account, region, workgroup, operation: "ListSessions" } as const;
    const isOut = model
      .faultsDuring(request, nowMs, nowMs)
      .some(
        (fault) =>
          fault.share === 1 &&
          fault.type !== "slow" &&
          fault.laterPagesOnly !== true &&
          fault.fromMs <= fromMs,
      );
    if (
      isOut &&
      context.reloadedMs < fromMs &&
      this.#sinceMs < fromMs &&
      valueOf(place, "athena_workgroup_up") === 1
    ) {
      context.report("up", `${describe(place)}: up is 1 while every listing has failed for long`);
    }
  }

  /** After a quiet spell of a cycle of reconciliation listings. */
  checkComplete(place: Place, context: OracleContext): void {
    const success = this.#poll.latest;
    if (success === undefined) {
      if (this.#workgroups.some((workgroup) => workgroup.existsAt(context.nowMs) && workgroup.item.isSpark)) {
        context.report("freshness", `${describe(place)}: no poll has ever succeeded`);
      }
      return;
    }
    this.#counters.checkComplete(place, context);
  }

  #checkFound(success: Success, place: Place, context: OracleContext, areShown: boolean): void {
    const ageMs = listingAgeMs(context);
    const workgroups = this.#workgroups.filter(({ item }) => item.fromMs <= success.toMs);
    for (const session of this.#known.keys())
      if (this.#isDeleted(session, success)) this.#known.delete(session);
    if (success.isTimed && areShown) {
      const known = new Set(this.#known.keys());
      new GaugeOracle(place, context, { workgroups, known, success }).check();
    }
    const seen = success.isTimed
      ? workgroups
          .filter(
            (workgroup) => workgroup.existsAt(success.fromMs - ageMs) && workgroup.existsAt(success.toMs),
          )
          .flatMap((workgroup) => sightings(workgroup, success.fromMs - ageMs, success.toMs))
          .filter(({ isListedThroughout, session }) => isListedThroughout && session.id !== "")
      : [];
    for (const { session } of seen) if (!this.#known.has(session)) this.#known.set(session, success.toMs);
    this.#counters.check(place, context, success, seen, this.#known);
  }

  /** What became of a deleted workgroup's sessions cannot be known for sure. */
  #isDeleted(session: ModelSession, success: Success): boolean {
    return this.#workgroups.some(
      ({ item, sessions }) => item.untilMs <= success.toMs && sessions.includes(session),
    );
  }

  /** Promise: a poll that fails changes no session sample. */
  #checkUnchanged(gauges: string, place: Place, context: OracleContext): void {
    if (gauges === this.#gauges || gauges === "" || context.reloadedMs >= context.previousMs) return;
    context.report(
      "unchanged",
      `${describe(place)}: gauges changed without a successful poll, from ${this.#gauges} to ${gauges}`,
    );
  }

  /** Promise: samples stay for the longer of `stale_after` and three planned intervals, then they are withdrawn; at once where Athena has no such workgroup. */
  #checkStaleness(place: Place, context: OracleContext): void {
    const latest = this.#poll.latest;
    const areShown = valueOf(place, "athena_sessions|IDLE") !== undefined;
    if (latest === undefined) {
      if (areShown) context.report("staleness", `${describe(place)}: gauges are shown before any success`);
      return;
    }
    const isGone = valueOf(place, "athena_workgroup_failing|not_found") !== undefined;
    const plannedMs = (valueOf(place, "athena_workgroup_poll_interval_seconds") ?? 0) * 1000;
    const livesAt = (intervalMs: number) =>
      context.settingsSince(latest.toMs).map(({ staleAfterMs }) => Math.max(staleAfterMs, 3 * intervalMs));
    const lives = livesAt(plannedMs);
    // They may have been withdrawn since the last scrape, before the interval became longer.
    const shortestMs = Math.min(...livesAt(Math.min(plannedMs, this.#plannedMs)));
    this.#plannedMs = plannedMs;
    const ageMs = context.nowMs - latest.toMs;
    const longestAgeMs = context.nowMs - latest.fromMs;
    // What was withdrawn stays so, though a longer interval would have kept it.
    const wereShown = this.#gauges !== "" || latest.toMs >= context.previousMs - EXPIRY_SLACK_MS;
    if (areShown && isGone)
      context.report("staleness", `${describe(place)}: gauges are shown of a workgroup that is not found`);
    if (areShown && ageMs > Math.max(...lives) + EXPIRY_SLACK_MS) {
      context.report(
        "staleness",
        `${describe(place)}: gauges are shown ${ageMs / 1000} s after the last success, of at most ${Math.max(...lives) / 1000} s`,
      );
    }
    if (
      !areShown &&
      !isGone &&
      wereShown &&
      longestAgeMs < shortestMs - EXPIRY_SLACK_MS &&
      !this.#wasGone(context, latest.toMs)
    ) {
      context.report(
        "staleness",
        `${describe(place)}: gauges are withdrawn ${longestAgeMs / 1000} s after the last success, before ${shortestMs / 1000} s`,
      );
    }
  }

  /** Whether Athena may have said since then that there is no such workgroup. */
  #wasGone(context: OracleContext, sinceMs: number): boolean {
    return this.#workgroups.every(({ item }) => item.fromMs > sinceMs || item.untilMs < context.nowMs);
  }

  /** Whether nothing could disturb the polls of a workgroup since then. */
  #isQuietSince(fromMs: number, place: Place, context: OracleContext): boolean {
    const { model, nowMs } = context;
    const { region, workgroup } = place;
    // A place without an account is in the own one, which is not known yet.
    const account = place.account === "" ? model.ownAccountAt(nowMs) : place.account;
    if (
      context.reloadedMs >= fromMs ||
      !this.#workgroups.some(
        (one) => one.item.isSpark && one.item.fromMs < fromMs && one.item.untilMs > nowMs,
      )
    )
      return false;
    const isFaulty = (
      ["ListSessions", "GetSessionStatus", "GetSession", "ListWorkGroups", "GetCallerIdentity"] as const
    ).some(
      (operation) => model.faultsDuring({ account, region, workgroup, operation }, fromMs, nowMs).length > 0,
    );
    // With another account's credentials, nothing of the former one works until discovery notices.
    const isOwned = account === model.ownAccountAt(nowMs) || !wasRotatedSince(context.startedMs, context);
    return !isFaulty && isOwned && !wasRotatedSince(fromMs - discoveryMs(context), context);
  }
}

function gaugesOf(place: Place): string {
  let text = "";
  for (const { name, key, valueText } of place.series) if (GAUGES.has(name)) text += `${key}=${valueText} `;
  return text;
}
