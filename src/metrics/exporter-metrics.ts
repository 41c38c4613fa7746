import { collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Attempt } from "../athena/api-calls.ts";
import { SINGLE_SHARD, type Shard } from "../config/values/shard.ts";
import { EXPORTER_FAMILIES, type ExporterFamily } from "./exporter-families.ts";
import { type AccountRegionLabels, type Count, AccountRegionCounters } from "./account-region-counters.ts";
import { collectRegistry } from "./registry-text.ts";
import { familyHeader, type Format, labelPairs, sampleLine } from "./text.ts";

export interface BuildInfo {
  readonly version: string;
  readonly revision: string;
  readonly nodeVersion: string;
}

const REQUEST_BOUNDS_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const DELAY_BOUNDS_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

type CounterFamily = readonly [
  family: ExporterFamily,
  counts: (counters: AccountRegionCounters) => readonly Count[],
];

/** The families of requests, whose series are those of each account and region, and of the organization. */
const REQUEST_FAMILIES: readonly CounterFamily[] = [
  [EXPORTER_FAMILIES.requests, (counters) => counters.requests()],
  [EXPORTER_FAMILIES.failures, (counters) => counters.failures()],
];
const SKIPPED_POLLS: CounterFamily = [
  EXPORTER_FAMILIES.skippedPolls,
  (counters) => [counters.skippedPolls()],
];

/** Metrics about the process and its work in each account and region. */
export class ExporterMetrics {
  readonly #registry = new Registry();
  readonly #counters = new Map<string, AccountRegionCounters>();
  #organization: AccountRegionCounters | undefined;
  readonly #duration: Histogram;
  readonly #expositionDelay: Histogram;
  readonly #dpuPrice: Gauge;
  readonly #quotaThreshold: Gauge;
  readonly #reloadSuccessful: Gauge;
  readonly #reloadSuccess: Gauge;
  #rateLimit = 0;
  readonly #onError: (error: unknown, metric: string) => void;

  /** `onError` is called for a metric that could not be collected; the others are still exposed. */
  constructor(
    build: BuildInfo,
    onError: (error: unknown, metric: string) => void,
    { ordinal, total }: Shard = SINGLE_SHARD,
  ) {
    this.#onError = onError;
    this.#duration = new Histogram({
      ...this.#settings(EXPORTER_FAMILIES.duration),
      buckets: REQUEST_BOUNDS_SECONDS,
    });
    this.#addRateLimit();
    this.#dpuPrice = new Gauge(this.#settings(EXPORTER_FAMILIES.dpuPrice));
    this.#quotaThreshold = new Gauge(this.#settings(EXPORTER_FAMILIES.quotaThreshold));
    this.#expositionDelay = new Histogram({
      ...this.#settings(EXPORTER_FAMILIES.expositionDelay),
      buckets: DELAY_BOUNDS_SECONDS,
    });
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

  /**
   * Starts the series of an account and region at 0, for these API operations; those that are there already stay as they are.
   * @param key of the account and region, which stays the same when the account's id becomes known
   */
  addAccountRegion(key: string, labels: AccountRegionLabels, operations: readonly string[]): void {
    const counters = this.#counters.get(key) ?? new AccountRegionCounters(labels);
    this.#counters.set(key, counters);
    counters.addOperations(operations);
  }

  /**
   * Sets what the configuration says.
   * @param rateLimit of this shard in each account and region, in requests a second
   */
  setConfigured(rateLimit: number, dpuHourUsd: number, quotaRatio: number): void {
    this.#rateLimit = rateLimit;
    this.#dpuPrice.set(dpuHourUsd);
    this.#quotaThreshold.set(quotaRatio);
  }

  /** Moves the series to an account's id, now that it is known. Where it was another account's, they restart at 0. */
  identifyAccount(key: string, accountId: string): void {
    const counters = this.#counters.get(key);
    if (counters === undefined || counters.labels.accountId === accountId) return;
    this.#counters.set(key, counters.identified(accountId));
  }

  /** Ends the series of an account and region that is no longer configured. What is recorded for it later is dropped. */
  removeAccountRegion(key: string): void {
    this.#counters.delete(key);
  }

  /** `nowMs`: Unix milliseconds. */
  recordReload(wasSuccessful: boolean, nowMs: number): void {
    this.#reloadSuccessful.set(wasSuccessful ? 1 : 0);
    if (wasSuccessful) this.#reloadSuccess.set(nowMs / 1000);
  }

  recordAttempt(key: string, { operation, durationMs, reason }: Attempt): void {
    this.#counters.get(key)?.recordAttempt(operation, reason);
    this.#duration.observe({ operation }, Math.max(0, durationMs) / 1000);
  }

  /**
   * Starts the series of an organization at 0, or ends them where there is none. Those of the same account stay, and move to its id when that
   * becomes known.
   * @param labels its account, and in place of a region what stands for all
   */
  setOrganization(labels: AccountRegionLabels | undefined, operations: readonly string[] = []): void {
    const former = this.#organization;
    if (labels === undefined || former?.labels.region !== labels.region) {
      this.#organization = labels && new AccountRegionCounters(labels);
    } else if (former.labels.accountId !== labels.accountId) {
      this.#organization = former.identified(labels.accountId);
    }
    this.#organization?.addOperations(operations);
  }

  recordOrganizationAttempt({ operation, durationMs, reason }: Attempt): void {
    this.#organization?.recordAttempt(operation, reason);
    this.#duration.observe({ operation }, Math.max(0, durationMs) / 1000);
  }

  recordSkippedPolls(key: string, count: number): void {
    this.#counters.get(key)?.recordSkippedPolls(count);
  }

  /** Called at each scrape: how long the samples of a poll have waited to be served, at most. */
  recordExpositionDelay(delayMs: number): void {
    this.#expositionDelay.observe(delayMs / 1000);
  }

  /** All of them as exposition, without an ending. Never rejects. */
  async text(format: Format): Promise<string> {
    return this.#accountRegionText(format) + (await collectRegistry(this.#registry, format, this.#onError));
  }

  /** Hundreds of accounts have thousands of series, for which the registry would take several times as long. */
  #accountRegionText(format: Format): string {
    const own = [...this.#counters.values()];
    const all = this.#organization === undefined ? own : [...own, this.#organization];
    const text = ([family, counts]: CounterFamily, counters: readonly AccountRegionCounters[]) => {
      const lines = counters
        .flatMap(counts)
        .map(({ labels, value }) => sampleLine(family.name, labelPairs(labels), value));
      return lines.length === 0 ? "" : familyHeader(family, format) + lines.join("");
    };
    return REQUEST_FAMILIES.map((family) => text(family, all)).join("") + text(SKIPPED_POLLS, own);
  }

  /** The same for every account and region, as the limits are. */
  #addRateLimit(): void {
    const gauge = new Gauge({
      ...this.#settings(EXPORTER_FAMILIES.rateLimit),
      collect: () => {
        gauge.reset();
        for (const { labels } of this.#counters.values()) {
          gauge.set({ aws_account_id: labels.accountId, aws_region: labels.region }, this.#rateLimit);
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

/** prom-client's default metrics, without its gauges that are named like counters. */
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
