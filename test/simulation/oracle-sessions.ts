import { valueOf, type Place } from "./exposition-reader.ts";
import type { ActiveState } from "./history.ts";
import { CLOCK_TOLERANCE_MS, type OracleContext } from "./oracle-context.ts";
import type { Sighting } from "./truth.ts";

/** The sessions that a successful poll may have found. */
export interface FoundSessions {
  /** When the poll began and ended, in milliseconds of the world. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly sightings: readonly Sighting[];
  /** Whether the poll must have seen it alive. */
  readonly isCertain: (sighting: Sighting) => boolean;
  /** A session of a deleted workgroup, by id, as far as it may still be shown. */
  readonly sightingOfDeleted: (id: string) => Sighting | undefined;
}

/** Checks the per-session series of one successful poll. */
export class SessionSeriesOracle {
  readonly #place: Place;
  readonly #context: OracleContext;
  readonly #found: FoundSessions;

  constructor(place: Place, context: OracleContext, found: FoundSessions) {
    this.#place = place;
    this.#context = context;
    this.#found = found;
  }

  /** Promise: each living session within the limits has series, with its start and since when it is in its state. */
  check(): void {
    const { sightings, sightingOfDeleted } = this.#found;
    const byId = new Map(sightings.map((sighting) => [sighting.session.id, sighting]));
    const shown = new Set<string>();
    for (const { name, labels, value } of this.#place.series) {
      const id = labels["session_id"];
      if (id === undefined) continue;
      // The workgroup may have been deleted during the poll.
      const sighting = sightingOfDeleted(id) ?? byId.get(id);
      if (sighting === undefined) {
        this.#report("session", `${name} tells of ${id}, which did not live then`);
        continue;
      }
      const { session } = sighting;
      if (name === "athena_session_info") shown.add(id);
      if (name === "athena_session_start_timestamp_seconds" && value * 1000 !== session.awsStartMs) {
        this.#report("session", `${id} started at ${session.awsStartMs / 1000}, not at ${value}`);
      }
      if (name === "athena_session_state_since_timestamp_seconds")
        this.#checkSince(sighting, labels["state"] ?? "", value);
    }
    this.#checkShown(shown);
  }

  #checkSince({ session, states }: Sighting, state: string, value: number): void {
    const { fromMs, toMs } = this.#found;
    if (!states.has(state as ActiveState) && session.endMs > fromMs) {
      this.#report("session", `${session.id} is ${state}, not ${[...states].join(" or ")}`);
    }
    const { awsClock } = this.#context.model;
    const isStep = session.steps.some((step) => {
      if (step.state !== state || step.atMs > toMs) return false;
      // The exporter dates nothing later than the response that shows it, by its own estimate of AWS' clock.
      const aheadMs = awsClock.at(step.atMs) - value * 1000;
      return Math.abs(aheadMs) < 1 || (aheadMs > 0 && aheadMs < CLOCK_TOLERANCE_MS);
    });
    if (!isStep && awsClock.movedMs(-Infinity, toMs) === 0)
      this.#report("session", `${session.id} is ${state} since ${value}, when it did not become so`);
  }

  #checkShown(shown: ReadonlySet<string>): void {
    const { sightings, isCertain, fromMs } = this.#found;
    const { perSessionEnabled, perSessionLimit } = this.#context.settings;
    const omitted = valueOf(this.#place, "athena_sessions_omitted") ?? NaN;
    const certain = sightings.filter((sighting) => sighting.session.id !== "" && isCertain(sighting));
    const wasReloaded = this.#context.reloadedMs >= fromMs;
    if (wasReloaded) return;
    if (!perSessionEnabled && (shown.size > 0 || omitted > 0))
      this.#report("limits", "sessions have series though none shall");
    if (!perSessionEnabled) return;
    if (shown.size > perSessionLimit)
      this.#report("limits", `${shown.size} sessions have series, over the limit of ${perSessionLimit}`);
    this.#checkPriority(certain, shown);
    if (omitted > 0) return;
    for (const { session } of certain) {
      if (!shown.has(session.id))
        this.#report("session", `${session.id} lives and has no series, though none is omitted`);
    }
  }

  /** Promise: under a limit, degraded sessions come first. */
  #checkPriority(certain: readonly Sighting[], shown: ReadonlySet<string>): void {
    const isDegraded = ({ states }: Sighting) => states.size === 1 && states.has("DEGRADED");
    const isHealthy = ({ states }: Sighting) => !states.has("DEGRADED");
    const left = certain.find((sighting) => isDegraded(sighting) && !shown.has(sighting.session.id));
    const preferred = certain.find((sighting) => isHealthy(sighting) && shown.has(sighting.session.id));
    if (left === undefined || preferred === undefined) return;
    this.#report(
      "limits",
      `${preferred.session.id} has series, and ${left.session.id} has none though it is DEGRADED`,
    );
  }

  #report(rule: string, message: string): void {
    const { account, region, workgroup } = this.#place;
    const { fromMs, toMs } = this.#found;
    this.#context.report(
      rule,
      `${account} ${region} ${workgroup}: ${message}, as at ${fromMs} to ${toMs} ms`,
    );
  }
}
