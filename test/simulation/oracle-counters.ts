import { ENDED_STATES } from "./history.ts";
import type { ModelSession } from "./model-session.ts";
import type { ModelWorkgroup } from "./model-workgroup.ts";
import { CLOCK_TOLERANCE_MS, listingAgeMs, type OracleContext } from "./oracle-context.ts";
import type { Success } from "./oracle-poll.ts";
import { valueOf, type Place } from "./exposition-reader.ts";
import {
  degradedDuring,
  endedDuring,
  isWithin,
  livedMsDuring,
  startedDuring,
  undatedDuring,
  type Range,
  type Sighting,
} from "./truth.ts";

/** Two seconds by which the exporter allows for the resolution of AWS' clock when it tells news from the baseline. */
const BASELINE_TOLERANCE_MS = 2000 + CLOCK_TOLERANCE_MS;

const NEVER_DECREASES = /_(?:total|bucket|count)$/;
const LONGEST_POLL_MS = 600_000;
/** A listing may be that old. */
const LISTING_LAG_MS = 110_000;

/** What the oracle knows of a workgroup's sessions: when each was surely listed by a successful poll for the first time. */
export type KnownSessions = ReadonlyMap<ModelSession, number>;

/** Checks the life-cycle counters of one workgroup against the truth since its first successful poll. */
export class CounterOracle {
  readonly #workgroups: readonly ModelWorkgroup[];
  /** When the first successful poll was; undefined before it. */
  #baseline: Range | undefined;
  readonly #degraded = new Set<ModelSession>();
  /** When the last successful poll of each workgroup was, as long as it existed. */
  readonly #polledMs = new Map<ModelWorkgroup, number>();
  readonly #values = new Map<string, number>();
  #wereDetailsAlwaysOn = true;

  constructor(workgroups: readonly ModelWorkgroup[]) {
    this.#workgroups = workgroups;
  }

  /** Promise: every counter is there as 0 from when the workgroup is known, and never goes backwards. */
  checkMonotony(place: Place, context: OracleContext): void {
    for (const { name, key, value } of place.series) {
      if (!NEVER_DECREASES.test(name)) continue;
      const before = this.#values.get(key);
      if (before !== undefined && value < before) {
        context.report("monotony", `${describe(place)}: ${key} went from ${before} back to ${value}`);
      }
      if (before !== value) this.#values.set(key, value);
    }
    for (const name of [
      "athena_sessions_started_total",
      "athena_sessions_ended_total|TERMINATED",
      "athena_sessions_degraded_total",
    ]) {
      if (valueOf(place, name) === undefined)
        context.report("counters", `${describe(place)}: there is no ${name}`);
    }
  }

  /** After a successful poll. `known`: what must have been listed by it or by an earlier one. */
  check(
    place: Place,
    context: OracleContext,
    success: Success,
    seen: readonly Sighting[],
    known: KnownSessions,
  ): void {
    for (const one of this.#workgroups)
      if (one.item.untilMs > success.toMs) this.#polledMs.set(one, success.fromMs);
    this.#baseline ??= baselineOf(place, context, success);
    this.#wereDetailsAlwaysOn &&= context.settings.details;
    for (const { session, states } of seen) {
      if (states.size === 1 && states.has("DEGRADED")) this.#degraded.add(session);
    }
    for (const session of known.keys()) this.#noteDegraded(session, context, success);
    const upper = { fromMs: this.#baseline.min - this.#toleranceMs(context), toMs: success.toMs };
    this.#checkUpper(place, context, upper, known);
    this.#checkKnown(place, context, success, known);
  }

  /** Promise: after a cycle of reconciliation listings the counters are complete, unless a listing was truncated. */
  checkComplete(place: Place, context: OracleContext): void {
    if (
      this.#baseline === undefined ||
      (valueOf(place, "athena_workgroup_listings_truncated_total") ?? 0) > 0
    )
      return;
    const fromMs = this.#baseline.max + this.#toleranceMs(context);
    const toMs = context.model.world.durationMs;
    // A session from before a large step of AWS' clock seems to be from long before the last listings.
    if (context.model.awsClock.movedMs(context.startedMs, Infinity) > LISTING_LAG_MS) return;
    const lasting = this.#workgroups.filter(({ item }) => item.untilMs === Infinity);
    const sum = (count: (workgroup: ModelWorkgroup) => number) =>
      lasting.reduce((total, workgroup) => total + count(workgroup), 0);
    this.#expectAtLeast(
      place,
      context,
      "athena_sessions_started_total",
      sum((one) => startedDuring(one, fromMs, toMs)),
    );
    for (const state of ENDED_STATES) {
      this.#expectAtLeast(
        place,
        context,
        `athena_sessions_ended_total|${state}`,
        sum((one) => endedDuring(one, state, fromMs, toMs)),
      );
    }
    // They may have been turned off since the last successful poll.
    if (this.#wereDetailsAlwaysOn && context.settings.details) this.#checkUsage(place, context, fromMs, toMs);
  }

  #noteDegraded(session: ModelSession, context: OracleContext, success: Success): void {
    if (this.#degraded.has(session)) return;
    const fromMs = success.fromMs - listingAgeMs(context);
    if (session.endMs <= fromMs) return;
    const states = session.statesDuring(fromMs, success.toMs);
    if (states.length === 1 && states[0] === "DEGRADED") this.#degraded.add(session);
  }

  /** Promise: nothing is counted that did not happen, and nothing twice. */
  #checkUpper(
    place: Place,
    context: OracleContext,
    { fromMs, toMs }: { fromMs: number; toMs: number },
    known: KnownSessions,
  ): void {
    const ageMs = listingAgeMs(context);
    const sum = (count: (workgroup: ModelWorkgroup) => number) =>
      this.#workgroups.reduce((total, one) => total + count(one), 0);
    this.#expectAtMost(
      place,
      context,
      "athena_sessions_started_total",
      sum((one) => startedDuring(one, fromMs, toMs) + undatedDuring(one, fromMs)),
    );
    this.#expectAtMost(
      place,
      context,
      "athena_sessions_degraded_total",
      sum((one) => degradedDuring(one, fromMs - ageMs, toMs)),
    );
    for (const state of ENDED_STATES) {
      this.#expectAtMost(
        place,
        context,
        `athena_sessions_ended_total|${state}`,
        sum((one) => endedDuring(one, state, fromMs - ageMs, toMs)),
      );
    }
    // Of a session that ended since the last poll before its workgroup was deleted, Athena tells nothing more.
    const vanished = sum((one) => {
      const sinceMs = (this.#polledMs.get(one) ?? 0) - ageMs;
      return one.item.untilMs <= toMs ? one.sessions.filter(({ endMs }) => endMs > sinceMs).length : 0;
    });
    this.#expectAtMost(place, context, "athena_sessions_ended_total|UNKNOWN", vanished);
    this.#checkSeconds(place, context, sum((one) => livedMsDuring(one, fromMs, toMs)) / 1000, known);
  }

  /** Promise: a session that was ever listed is right in the next poll. */
  #checkKnown(place: Place, context: OracleContext, success: Success, known: KnownSessions): void {
    if (this.#baseline === undefined || !success.isTimed) return;
    const fromMs = this.#baseline.max + this.#toleranceMs(context);
    const untilMs = success.fromMs - listingAgeMs(context);
    let started = 0;
    let secondsLived = 0;
    const ended = { TERMINATED: 0, FAILED: 0 };
    for (const [session, knownMs] of known) {
      if (session.startMs > fromMs && !session.item.omits.includes("start")) started += 1;
      if (
        session.endState !== undefined &&
        session.endMs > fromMs &&
        session.endMs < untilMs &&
        knownMs < success.fromMs
      )
        ended[session.endState] += 1;
      secondsLived += Math.max(0, Math.min(session.endMs, untilMs) - knownMs) / 1000;
    }
    const degraded = [...this.#degraded].filter(
      ({ steps }) => (steps.find(({ state }) => state === "DEGRADED")?.atMs ?? 0) > fromMs,
    ).length;
    this.#expectAtLeast(place, context, "athena_sessions_started_total", started);
    this.#expectAtLeast(place, context, "athena_sessions_degraded_total", degraded);
    for (const state of ENDED_STATES)
      this.#expectAtLeast(place, context, `athena_sessions_ended_total|${state}`, ended[state]);
    const isSteady =
      context.model.awsClock.movedMs(-Infinity, Infinity) +
        context.model.wallClock.movedMs(-Infinity, Infinity) ===
      0;
    const counted = secondsOf(place);
    const toleranceSeconds = (known.size * 2 * CLOCK_TOLERANCE_MS) / 1000;
    if (isSteady && counted < secondsLived - toleranceSeconds) {
      context.report(
        "seconds",
        `${describe(place)}: ${counted} session-seconds, of at least ${secondsLived} that known sessions lived`,
      );
    }
  }

  #checkSeconds(place: Place, context: OracleContext, livedSeconds: number, known: KnownSessions): void {
    const { awsClock, wallClock } = context.model;
    const steps =
      awsClock.movedMs(context.startedMs, context.nowMs) +
      wallClock.movedMs(context.startedMs, context.nowMs);
    const counted = secondsOf(place);
    const sessions = this.#workgroups.flatMap((one) => one.sessions);
    // A listing that lags shows what has ended as active.
    const ageSeconds = listingAgeMs(context) / 1000;
    // A stepped clock may add up to five seconds to each session.
    const perSessionSeconds = (steps > 0 ? 30 : 2 * (CLOCK_TOLERANCE_MS / 1000)) + ageSeconds;
    // By its start, a session is as much older as AWS' clock was stepped before its first listing.
    const steppedMs = sessions.reduce(
      (sum, session) => sum + awsClock.movedMs(session.startMs, known.get(session) ?? context.nowMs),
      0,
    );
    const toleranceSeconds = sessions.length * perSessionSeconds + steppedMs / 1000;
    if (counted > livedSeconds + toleranceSeconds) {
      context.report(
        "seconds",
        `${describe(place)}: ${counted} session-seconds, though sessions lived ${livedSeconds} s`,
      );
    }
    const idleDpuSeconds = valueOf(place, "athena_idle_dpu_seconds_total") ?? NaN;
    const idleSeconds = valueOf(place, "athena_session_seconds_total|IDLE") ?? NaN;
    const isInRange = isWithin(idleDpuSeconds, { min: idleSeconds, max: 2 * idleSeconds }, 1e-3);
    if (!isInRange)
      context.report(
        "seconds",
        `${describe(place)}: ${idleDpuSeconds} idle DPU-seconds in ${idleSeconds} idle seconds`,
      );
  }

  /** Promise: with details on, the DPU-seconds of each session that ended are counted once. */
  #checkUsage(place: Place, context: OracleContext, fromMs: number, toMs: number): void {
    const value = valueOf(place, "athena_ended_dpu_seconds_total");
    if (value === undefined) {
      context.report("details", `${describe(place)}: there is no athena_ended_dpu_seconds_total`);
      return;
    }
    const used = (afterMs: number, endMs: number) =>
      this.#workgroups
        .flatMap(({ sessions }) => sessions)
        .filter((session) => session.id !== "" && session.endMs > afterMs && session.endMs <= endMs)
        .reduce((sum, { item }) => sum + (item.usedDpuMs ?? 0) / 1000, 0);
    const earliestMs = (this.#baseline?.min ?? 0) - this.#toleranceMs(context) - listingAgeMs(context);
    const range = { min: used(fromMs, toMs), max: used(earliestMs, context.nowMs) };
    const { account, region } = place;
    const request = { account, region, operation: "GetSession" } as const;
    // They cannot be read until the fault is over.
    const isFaulty = context.model.faultsDuring(request, context.nowMs, context.nowMs).length > 0;
    if (isFaulty || this.#workgroups.some(({ item }) => item.untilMs !== Infinity)) range.min = 0;
    if (!isWithin(value, range, 1e-3)) {
      context.report(
        "details",
        `${describe(place)}: ${value} DPU-seconds of ended sessions, expected ${range.min} to ${range.max}`,
      );
    }
  }

  #toleranceMs({ model }: OracleContext): number {
    const aroundMs = 3_600_000;
    const { min, max } = this.#baseline ?? { min: 0, max: 0 };
    const { awsClock, wallClock } = model;
    return (
      BASELINE_TOLERANCE_MS + awsClock.movedMs(min - aroundMs, max + aroundMs) + wallClock.movedMs(min, max)
    );
  }

  #expectAtMost(place: Place, context: OracleContext, key: string, max: number): void {
    const value = valueOf(place, key) ?? NaN;
    if (!(value <= max))
      context.report("too many", `${describe(place)}: ${key} is ${value}, of at most ${max}`);
  }

  #expectAtLeast(place: Place, context: OracleContext, key: string, min: number): void {
    const value = valueOf(place, key) ?? NaN;
    if (!(value >= min))
      context.report("too few", `${describe(place)}: ${key} is ${value}, of at least ${min}`);
  }
}

/** When the first successful poll can have been. */
function baselineOf(place: Place, { previousMs }: OracleContext, { fromMs, toMs, isTimed }: Success): Range {
  const polls = valueOf(place, "athena_workgroup_polls_total") ?? 0;
  const isFirst = polls - (valueOf(place, "athena_workgroup_poll_failures_total") ?? 0) === 1;
  return { min: isTimed && isFirst ? fromMs : Math.min(fromMs, previousMs) - LONGEST_POLL_MS, max: toMs };
}

function secondsOf(place: Place): number {
  return place.series.reduce(
    (sum, { name, value }) => (name === "athena_session_seconds_total" ? sum + value : sum),
    0,
  );
}

export function describe({ account, region, workgroup }: Place): string {
  return `${account} ${region} ${workgroup}`.trim();
}
