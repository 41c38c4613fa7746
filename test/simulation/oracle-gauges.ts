import { ACTIVE_STATES, ENDED_STATES, hasEnded, type ActiveState, type WorkgroupItem } from "./history.ts";
import type { ModelSession } from "./model-session.ts";
import type { ModelWorkgroup } from "./model-workgroup.ts";
import { CLOCK_TOLERANCE_MS, listingAgeMs, rateLimitWaitMs, type OracleContext } from "./oracle-context.ts";
import type { Success } from "./oracle-poll.ts";
import { SessionSeriesOracle } from "./oracle-sessions.ts";
import { valueOf, type Place } from "./exposition-reader.ts";
import { isWithin, sightings, type Range, type Sighting } from "./truth.ts";

const HOUR_MS = 3_600_000;
/** The first poll, and one for each of the four filters where requests are scarce. */
const POLLS_UNTIL_ALL_LISTED = 5;
const LONGEST_STATES = ["CREATING", "CREATED", "IDLE", "BUSY", "TERMINATING", "DEGRADED"] as const;

/** What a successful poll may have found. */
interface Findable {
  readonly sightings: readonly Sighting[];
  /** Of each state. */
  readonly counts: Readonly<Record<ActiveState, Range>>;
  readonly total: Range;
}

/** Checks the gauges of one successful poll against the truth within the time that the poll took. */
export class GaugeOracle {
  readonly #place: Place;
  readonly #context: OracleContext;
  readonly #workgroups: readonly ModelWorkgroup[];
  readonly #known: ReadonlySet<ModelSession>;
  readonly #fromMs: number;
  readonly #toMs: number;
  /** Of AWS' clock, when the poll was. */
  readonly #aws: Range;

  /** `known`: the sessions that an earlier poll must have been told of. */
  constructor(
    place: Place,
    context: OracleContext,
    {
      workgroups,
      known,
      success,
    }: {
      readonly workgroups: readonly ModelWorkgroup[];
      readonly known: ReadonlySet<ModelSession>;
      readonly success: Success;
    },
  ) {
    this.#place = place;
    this.#context = context;
    this.#workgroups = workgroups;
    this.#known = known;
    this.#fromMs = success.fromMs - listingAgeMs(context);
    this.#toMs = success.toMs;
    const { awsClock } = context.model;
    const shown = [awsClock.at(success.fromMs), awsClock.at(success.toMs)];
    this.#aws = {
      min: Math.min(...shown) - CLOCK_TOLERANCE_MS,
      max: Math.max(...shown) + CLOCK_TOLERANCE_MS,
    };
  }

  /** Gives the sessions that the poll must have been told of, because an unfiltered listing has them all the while. */
  check(): Sighting[] {
    const found = this.#findable();
    this.#checkCounts(found);
    this.#checkIdleDpus();
    if (this.#isSteady()) {
      this.#checkRecentlyEnded();
      if (this.#ofDeleted().length === 0) this.#checkDurations(found);
    }
    new SessionSeriesOracle(this.#place, this.#context, {
      fromMs: this.#fromMs,
      toMs: this.#toMs,
      sightings: found.sightings,
      isCertain: (sighting) => this.#isCertain(sighting),
      sightingOfDeleted: (id) => this.#sightingOfDeleted(id),
    }).check();
    return found.sightings.filter(({ isListedThroughout }) => isListedThroughout);
  }

  /** Whether AWS' clock did not step lately: two responses have to tell so before the exporter believes it. */
  #isSteady(): boolean {
    const { model, settings } = this.#context;
    const plannedMs = (valueOf(this.#place, "athena_workgroup_poll_interval_seconds") ?? 0) * 1000;
    const sinceMs = this.#fromMs - 3 * plannedMs - settings.deadlineMs - rateLimitWaitMs(this.#context);
    return model.awsClock.movedMs(sinceMs, this.#toMs) === 0;
  }

  /** Promise: gauges are as at the last successful poll, and every session that was ever listed is right in the next. */
  #checkCounts({ counts, total }: Findable): void {
    let sum = 0;
    for (const state of ACTIVE_STATES) {
      const value = valueOf(this.#place, `athena_sessions|${state}`);
      if (value === undefined) {
        this.#report("sessions", `athena_sessions has no state ${state}`);
        return;
      }
      sum += value;
      this.#expect("sessions", `athena_sessions{state="${state}"}`, value, counts[state]);
    }
    this.#expect("sessions", "the sum of athena_sessions", sum, total);
  }

  /** Promise: DPUs that IDLE sessions hold, 1 each for the coordinator unless details say more. */
  #checkIdleDpus(): void {
    const idle = valueOf(this.#place, "athena_sessions|IDLE") ?? NaN;
    const isDetailed = this.#context
      .settingsSince(this.#fromMs - HOUR_MS * 24 * 365)
      .some(({ details }) => details);
    const dpus = valueOf(this.#place, "athena_idle_dpus") ?? NaN;
    this.#expect("idle DPUs", "athena_idle_dpus", dpus, { min: idle, max: isDetailed ? 2 * idle : idle });
  }

  /** Promise: absent until the listings of ended sessions have been read, then complete. */
  #checkRecentlyEnded(): void {
    const polls = valueOf(this.#place, "athena_workgroup_polls_total") ?? NaN;
    const failures = valueOf(this.#place, "athena_workgroup_poll_failures_total") ?? NaN;
    for (const state of ENDED_STATES) {
      const value = valueOf(this.#place, `athena_sessions_recently_ended|${state}`);
      if (value === undefined) {
        if (polls - failures < POLLS_UNTIL_ALL_LISTED) continue;
        this.#report("recently ended", `athena_sessions_recently_ended has no state ${state}`);
        return;
      }
      const range = { min: 0, max: 0 };
      for (const session of this.#sessions()) {
        if (session.endState !== state || session.id === "" || session.endMs > this.#toMs) continue;
        const endAwsMs = this.#context.model.awsClock.at(session.endMs);
        if (endAwsMs > this.#aws.min - HOUR_MS - 1000) range.max += 1;
        const isSurelyWithin = endAwsMs > this.#aws.max - HOUR_MS + 1000 && session.endMs < this.#fromMs;
        if (isSurelyWithin && this.#known.has(session)) range.min += 1;
      }
      this.#expect("recently ended", `athena_sessions_recently_ended{state="${state}"}`, value, range);
    }
  }

  #checkDurations({ sightings }: Findable): void {
    const idle = this.#durations(sightings, "IDLE", (session, step) => session.idleSinceMs(step));
    const longest = valueOf(this.#place, "athena_sessions_longest_idle_seconds") ?? NaN;
    this.#expect("idle", "athena_sessions_longest_idle_seconds", longest, longestOf(idle));
    const combined = valueOf(this.#place, "athena_sessions_combined_idle_seconds") ?? NaN;
    this.#expect("idle", "athena_sessions_combined_idle_seconds", combined, sumOf(idle));
    for (const { name, labels, value } of this.#place.series) {
      if (name !== "athena_idle_sessions") continue;
      const seconds = Number(labels["min_idle_seconds"]);
      const range = {
        min: idle.filter(({ isCertain, seconds: { min } }) => isCertain && min >= seconds).length,
        max: idle.filter(({ seconds: { max } }) => max >= seconds).length,
      };
      this.#expect("idle", `athena_idle_sessions{min_idle_seconds="${seconds}"}`, value, range);
    }
    for (const state of LONGEST_STATES) {
      const ages = this.#durations(sightings, state, ({ awsStartMs }) => awsStartMs);
      const value = valueOf(this.#place, `athena_sessions_oldest_age_seconds|${state}`) ?? NaN;
      this.#expect("age", `athena_sessions_oldest_age_seconds{state="${state}"}`, value, longestOf(ages));
    }
  }

  /** How long each session that may be in a state has been, since a time of AWS' clock. */
  #durations(
    all: readonly Sighting[],
    state: ActiveState,
    sinceOf: (session: ModelSession, step: number) => number,
  ): Duration[] {
    return all.flatMap((sighting) => {
      const { session, states } = sighting;
      if (!states.has(state) || session.id === "") return [];
      const steps = session.steps
        .map((_, index) => index)
        .filter((index) => session.steps[index]?.state === state);
      const sinces = steps
        .filter((index) => (session.steps[index]?.atMs ?? 0) <= this.#toMs)
        .filter((index) => (session.steps[index + 1]?.atMs ?? Infinity) >= this.#fromMs)
        .map((index) => sinceOf(session, index));
      const isCertain =
        states.size === 1 && this.#isCertain(sighting) && !session.item.omits.includes("start");
      const seconds = {
        min: Math.max(0, this.#aws.min - Math.max(...sinces)) / 1000,
        max: Math.max(0, this.#aws.max - Math.min(...sinces)) / 1000,
      };
      return [{ isCertain, seconds }];
    });
  }

  #findable(): Findable {
    const counts = Object.fromEntries(ACTIVE_STATES.map((state) => [state, { min: 0, max: 0 }])) as Record<
      ActiveState,
      Range
    >;
    const total = { min: 0, max: 0 };
    const all = this.#workgroups.flatMap((workgroup) => sightings(workgroup, this.#fromMs, this.#toMs));
    for (const sighting of all) {
      total.max += 1;
      const isCertain = this.#isCertain(sighting);
      if (isCertain) total.min += 1;
      for (const state of sighting.states) {
        counts[state].max += 1;
        if (isCertain && sighting.states.size === 1) counts[state].min += 1;
      }
    }
    for (const session of this.#ofDeleted()) {
      total.max += 1;
      for (const state of activeStatesOf(session)) counts[state].max += 1;
    }
    return { sightings: all, counts, total };
  }

  /** Whether the poll must have seen it alive. */
  #isCertain(sighting: Sighting): boolean {
    const { livesThroughout, isListedThroughout, session } = sighting;
    return livesThroughout && (isListedThroughout || (session.id !== "" && this.#known.has(session)));
  }

  /**
   * Sessions of a workgroup that was deleted and created anew are looked for in vain at two polls before they count as ended: until then
   * they are as the last poll before found them.
   */
  #ofDeleted(): ModelSession[] {
    return this.#workgroups
      .filter(({ item }) => item.untilMs < this.#toMs && this.#toMs - this.#anewMs(item) < 6 * HOUR_MS)
      .flatMap(({ sessions, item }) => sessions.filter(({ endMs }) => endMs > item.untilMs - HOUR_MS));
  }

  /** When a deleted workgroup was created anew, or else when it was deleted: no poll succeeds in between. */
  #anewMs({ untilMs }: WorkgroupItem): number {
    const startsMs = this.#workgroups.map(({ item }) => item.fromMs);
    return Math.max(untilMs, ...startsMs.filter((fromMs) => fromMs >= untilMs && fromMs <= this.#toMs));
  }

  #sightingOfDeleted(id: string): Sighting | undefined {
    const session = this.#ofDeleted().find((one) => one.id === id);
    if (session === undefined) return undefined;
    return { session, states: activeStatesOf(session), livesThroughout: false, isListedThroughout: false };
  }

  *#sessions(): Generator<ModelSession> {
    for (const { sessions } of this.#workgroups) yield* sessions;
  }

  #expect(rule: string, what: string, value: number, range: Range): void {
    if (isWithin(value, range, 1e-6)) return;
    const expected = range.min === range.max ? String(range.min) : `${range.min} to ${range.max}`;
    this.#report(rule, `${what} is ${value}, expected ${expected}`);
  }

  #report(rule: string, message: string): void {
    const { account, region, workgroup } = this.#place;
    this.#context.report(
      rule,
      `${account} ${region} ${workgroup}: ${message}, as at ${this.#fromMs} to ${this.#toMs} ms`,
    );
  }
}

/** Every active state that a session is ever in. */
function activeStatesOf({ steps }: ModelSession): ReadonlySet<ActiveState> {
  return new Set(steps.flatMap(({ state }) => (hasEnded(state) ? [] : [state])));
}

interface Duration {
  /** Whether the session must have been counted, in this state. */
  readonly isCertain: boolean;
  readonly seconds: Range;
}

function longestOf(durations: readonly Duration[]): Range {
  return {
    min: Math.max(0, ...durations.map(({ isCertain, seconds }) => (isCertain ? seconds.min : 0))),
    max: Math.max(0, ...durations.map(({ seconds }) => seconds.max)),
  };
}

function sumOf(durations: readonly Duration[]): Range {
  return {
    min: durations.reduce((sum, { isCertain, seconds }) => sum + (isCertain ? seconds.min : 0), 0),
    max: durations.reduce((sum, { seconds }) => sum + seconds.max, 0),
  };
}
