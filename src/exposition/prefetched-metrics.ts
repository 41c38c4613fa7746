import type { Clock } from "../clock.ts";
import type { Format } from "../metrics/text.ts";
import type { OtherMetrics } from "./exposition.ts";

/** The process' own metrics in a scrape are at most this old. */
const MAX_AGE_MS = 1000;
/** Leaves the source as much time again to respond. */
const FETCH_PERIOD_MS = 500;
/** Nothing is fetched for a format that was not scraped for this long: longer than usual scrape intervals. */
const UNUSED_MS = 2 * 60_000;
/** Waits for so many times as long as the last fetch took, so that one that takes long is not repeated all the time, */
const FETCH_TIMES = 50;
/** but not longer than this: the source may have been busy once. */
const MAX_FETCH_PERIOD_MS = 10_000;

interface Fetched {
  readonly text: string;
  readonly atMs: number;
}

/** The metrics of another thread, fetched before scrapes need them, so that a scrape does not wait while that thread is busy. */
export class PrefetchedMetrics implements OtherMetrics {
  readonly #source: OtherMetrics;
  readonly #clock: Clock;
  readonly #fetched = new Map<Format, Fetched>();
  readonly #usedAtMs = new Map<Format, number>();
  /** Increases when what was fetched is outdated. */
  #version = 0;

  constructor(source: OtherMetrics, clock: Clock) {
    this.#source = source;
    this.#clock = clock;
    this.#fetchAgain(FETCH_PERIOD_MS);
  }

  async text(format: Format): Promise<string> {
    const nowMs = this.#clock.monotonicMs();
    this.#usedAtMs.set(format, nowMs);
    const fetched = this.#fetched.get(format);
    return fetched !== undefined && nowMs - fetched.atMs < MAX_AGE_MS ? fetched.text : this.#fetch(format);
  }

  recordExpositionDelay(delayMs: number): void {
    this.#source.recordExpositionDelay(delayMs);
  }

  /** The next scrape waits for what the source tells then. */
  forget(): void {
    this.#version += 1;
    this.#fetched.clear();
  }

  async #fetch(format: Format): Promise<string> {
    const version = this.#version;
    const text = await this.#source.text(format);
    if (version === this.#version) this.#fetched.set(format, { text, atMs: this.#clock.monotonicMs() });
    return text;
  }

  #fetchAgain(delayMs: number): void {
    this.#clock.after(delayMs, () => void this.#fetchUsed());
  }

  async #fetchUsed(): Promise<void> {
    const startMs = this.#clock.monotonicMs();
    for (const [format, usedAtMs] of this.#usedAtMs) {
      // A failure is told to the next scrape, which has nothing to use then.
      if (startMs - usedAtMs < UNUSED_MS) await this.#fetch(format).catch(() => this.#fetched.delete(format));
    }
    const tookMs = this.#clock.monotonicMs() - startMs;
    this.#fetchAgain(Math.min(Math.max(FETCH_PERIOD_MS, FETCH_TIMES * tookMs), MAX_FETCH_PERIOD_MS));
  }
}
