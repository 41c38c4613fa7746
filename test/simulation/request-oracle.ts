import { effective, type EffectiveSettings } from "./effective-settings.ts";
import { ExpositionReader } from "./exposition-reader.ts";
import type { Settings } from "./history.ts";
import type { Attempt } from "./model-requests.ts";

/** A burst is a tenth of a second's requests, one at least. */
const BURST_SECONDS = 0.1;

interface Tally {
  /** Sent since the last check of the rate. */
  recent: number;
  readonly byOperation: Map<string, number>;
}

/** Counts the requests of one process, and holds them against its rate limit and what it says of them. */
export class RequestOracle {
  readonly #tallies = new Map<string, Tally>();
  readonly #reader = new ExpositionReader();
  readonly #shards: number;
  #settings: EffectiveSettings;
  #checkedMs: number;
  #wasReloaded = false;
  /** Of before a reload, since the last check. */
  #formerRateLimit = 0;

  constructor(settings: Settings, shards: number, startedMs: number) {
    this.#settings = effective(settings);
    this.#shards = shards;
    this.#checkedMs = startedMs;
  }

  /** A request to an account, by its id as far as it is configured, and a region is sent. */
  send(operation: string, account: string, region: string): void {
    // STS has a quota of its own.
    if (operation === "GetCallerIdentity") return;
    this.#tally(account, region).recent += 1;
  }

  /** A request has ended. */
  count({ operation }: Attempt, account: string, region: string): void {
    const { byOperation } = this.#tally(account, region);
    byOperation.set(operation, (byOperation.get(operation) ?? 0) + 1);
  }

  reloaded(settings: Settings): void {
    this.#formerRateLimit = Math.max(this.#formerRateLimit, this.#settings.rateLimit);
    this.#settings = effective(settings);
    this.#wasReloaded = true;
    // A removed account's and region's counters start anew.
    this.#tallies.clear();
  }

  /** Promise: `rate_limit` is never exceeded in an account and region; each of N shards uses 1/N of it. */
  checkRate(nowMs: number, report: (rule: string, message: string) => void): void {
    const perSecond = Math.max(this.#settings.rateLimit, this.#formerRateLimit) / this.#shards;
    this.#formerRateLimit = 0;
    const seconds = (nowMs - this.#checkedMs) / 1000;
    const most = perSecond * seconds + Math.max(1, perSecond * BURST_SECONDS) + 0.5;
    for (const [place, tally] of this.#tallies) {
      if (tally.recent > most)
        report("rate limit", `${place}: ${tally.recent} requests in ${seconds} s, at ${perSecond} a second`);
      tally.recent = 0;
    }
    this.#checkedMs = nowMs;
  }

  #tally(account: string, region: string): Tally {
    const key = `${account}|${region}`;
    const known = this.#tallies.get(key);
    if (known !== undefined) return known;
    const tally = { recent: 0, byOperation: new Map<string, number>() };
    this.#tallies.set(key, tally);
    return tally;
  }

  /** Promise: api_requests_total counts every request that was sent, retries included. */
  checkOwnMetrics(text: string, report: (rule: string, message: string) => void): void {
    this.#reader.read(text);
    for (const problem of this.#reader.problems.splice(0)) report("format", problem);
    if (this.#wasReloaded) return;
    const told = new Map<string, number>();
    for (const { region, series } of this.#reader.current()) {
      for (const { name, labels, value } of series) {
        if (name !== "athena_exporter_api_requests_total") continue;
        const key = `${region}|${labels["operation"] ?? ""}`;
        told.set(key, (told.get(key) ?? 0) + value);
      }
    }
    const sent = new Map<string, number>();
    for (const [place, { byOperation }] of this.#tallies) {
      for (const [operation, count] of byOperation) {
        const key = `${place.split("|")[1] ?? ""}|${operation}`;
        sent.set(key, (sent.get(key) ?? 0) + count);
      }
    }
    for (const [key, count] of sent) {
      if (told.get(key) !== count)
        report("requests", `${key}: ${count} requests were sent, and api_requests_total is ${told.get(key)}`);
    }
  }
}
