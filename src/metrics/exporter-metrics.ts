import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import type { FailureReason } from "../failure.ts";
import { WHOLE, type Shard } from "../config/shard.ts";
import { EXPORTER_FAMILIES, type ExporterFamily } from "./exporter-families.ts";
import { type AccountRegion, type Count, RegionTally } from "./region-tally.ts";
import { collectRegistry } from "./registry-text.ts";
import type { Format } from "./text.ts";

/** One HTTP request to AWS. */
export interface Attempt extends AccountRegion {
  /** The API operation, for example "ListSessions"; one of a bounded set. */
  readonly operation: string;
  /** From sending to the end of the body. */
  readonly durationMs: number;
  /** Absent where it succeeded. */
  readonly reason?: FailureReason;
}

export interface BuildInfo {
  readonly version: string;
  readonly revision: string;
  readonly nodeVersion: string;
}

const DURATION_BOUNDS_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Metrics about the process and its work in each account's region. */
export class ExporterMetrics {
  readonly #registry = new Registry();
  readonly #tallies = new Map<string, RegionTally>();
  readonly #duration: Histogram;
  readonly #reloadSuccessful: Gauge;
  readonly #reloadSuccess: Gauge;
  readonly #onError: (error: unknown, metric: string) => void;

  /** `onError` hears of a metric that could not be collected; the others are exposed all the same. */
  constructor(
    build: BuildInfo,
    onError: (error: unknown, metric: string) => void,
    { ordinal, total }: Shard = WHOLE,
  ) {
    this.#onError = onError;
    this.#addCounter(EXPORTER_FAMILIES.requests, (tally) => tally.requests());
    this.#addCounter(EXPORTER_FAMILIES.failures, (tally) => tally.failures());
    this.#duration = new Histogram({
      ...this.#settings(EXPORTER_FAMILIES.duration),
      buckets: DURATION_BOUNDS_SECONDS,
    });
    this.#addCounter(EXPORTER_FAMILIES.skippedPolls, (tally) => [tally.skippedPolls()]);
    new Gauge(this.#settings(EXPORTER_FAMILIES.shardOrdinal)).set(ordinal);
    new Gauge(this.#settings(EXPORTER_FAMILIES.totalShards)).set(total);
    this.#reloadSuccessful = new Gauge(this.#settings(EXPORTER_FAMILIES.reloadSuccessful));
    this.#reloadSuccess = new Gauge(this.#settings(EXPORTER_FAMILIES.reloadSuccess));
    new Gauge(this.#settings(EXPORTER_FAMILIES.build)).set(
      { version: build.version, revision: build.revision, node_version: build.nodeVersion },
      1,
    );
    addProcessMetrics(this.#registry);
  }

  /** Starts the series of an account's region at 0; again does nothing. */
  addRegion(place: AccountRegion): void {
    this.#tally(place);
  }

  /**
   * Tells the id of the process' own account in a region that was added with an empty one. Its series move, and
   * what is still recorded with the empty id counts there as well. Where the account becomes another, its series start anew.
   */
  identifyAccount(region: string, accountId: string): void {
    const known = this.#tally({ accountId: "", region });
    if (known.accountId === accountId) return;
    const tally = known.accountId === "" ? known : new RegionTally({ accountId, region });
    tally.identify(accountId);
    this.#tallies.delete(tallyKey({ accountId: known.accountId, region }));
    this.#tallies.set(tallyKey({ accountId: "", region }), tally);
    this.#tallies.set(tallyKey({ accountId, region }), tally);
  }

  /** Ends the series of an account's region that is no longer configured. */
  removeRegion(place: AccountRegion): void {
    const removed = this.#tallies.get(tallyKey(place));
    for (const [key, tally] of this.#tallies) if (tally === removed) this.#tallies.delete(key);
  }

  /** `nowMs`: Unix milliseconds. */
  recordReload(wasSuccessful: boolean, nowMs: number): void {
    this.#reloadSuccessful.set(wasSuccessful ? 1 : 0);
    if (wasSuccessful) this.#reloadSuccess.set(nowMs / 1000);
  }

  recordAttempt(attempt: Attempt): void {
    this.#tally(attempt).recordAttempt(attempt.operation, attempt.reason);
    this.#duration.observe({ operation: attempt.operation }, Math.max(0, attempt.durationMs) / 1000);
  }

  recordSkippedPolls(place: AccountRegion, count: number): void {
    this.#tally(place).recordSkippedPolls(count);
  }

  /** All of them as exposition, without an ending. Never rejects. */
  text(format: Format): Promise<string> {
    return collectRegistry(this.#registry, format, this.#onError);
  }

  #tally(place: AccountRegion): RegionTally {
    const key = tallyKey(place);
    const known = this.#tallies.get(key);
    if (known !== undefined) return known;
    const tally = new RegionTally(place);
    this.#tallies.set(key, tally);
    return tally;
  }

  /** A counter whose series are read off the tallies, so that they follow an account's id when it becomes known. */
  #addCounter(family: ExporterFamily, counts: (tally: RegionTally) => readonly Count[]): void {
    const tallies = this.#tallies;
    const counter = new Counter({
      ...this.#settings(family),
      collect: () => {
        counter.reset();
        for (const tally of new Set(tallies.values())) {
          for (const { labels, value } of counts(tally)) counter.inc(labels, value);
        }
      },
    });
  }

  #settings(family: ExporterFamily): {
    name: string;
    help: string;
    labelNames: readonly string[];
    registers: Registry[];
  } {
    return { name: family.name, help: family.help, labelNames: family.labels, registers: [this.#registry] };
  }
}

function tallyKey({ accountId, region }: AccountRegion): string {
  return `${accountId}/${region}`;
}

/** prom-client's defaults, less its gauges that are named like counters. */
function addProcessMetrics(registry: Registry): void {
  const before = new Set(registry.getMetricsAsArray().map(({ name }) => name));
  collectDefaultMetrics({ register: registry });
  const added = registry.getMetricsAsArray().filter(({ name }) => !before.has(name));
  for (const metric of added) {
    // prom-client's declarations say that the type is an enum's number; it is a word.
    if (String(metric.type) === "gauge" && metric.name.endsWith("_total"))
      registry.removeSingleMetric(metric.name);
  }
}
