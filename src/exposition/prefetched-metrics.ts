import type { Clock } from "../clock.ts";
import type { Format } from "../metrics/text.ts";
import type { OtherMetrics } from "./exposition.ts";

/** What a scrape gets is at most this old, which it is only while the source is busy. */
const MAX_AGE_MS = 15_000;
/** How long a scrape waits after a change before it gets what was fetched before it. */
const MAX_WAIT_MS = 50;
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
  readonly isOutdated: boolean;
}

/** The metrics of another thread, fetched before scrapes need them, so that a scrape hardly waits while that thread is busy. */
export class PrefetchedMetrics implements OtherMetrics {
  readonly #source: OtherMetrics;
  readonly #clock: Clock;
  readonly #fetched = new Map<Format, Fetched>();
  /** Fetches in progress that began since the last change. */
  readonly #fetching = new Map<Format, Promise<string>>();
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
    if (fetched === undefined || nowMs - fetched.atMs >= MAX_AGE_MS) return this.#fetch(format);
    return fetched.isOutdated ? this.#inTime(this.#fetch(format), fetched.text) : fetched.text;
  }

  recordExpositionDelay(delayMs: number): void {
    this.#source.recordExpositionDelay(delayMs);
  }

  /** What the source tells now differs from what it told before. */
  markChanged(): void {
    this.#version += 1;
    this.#fetching.clear();
    for (const [format, fetched] of this.#fetched)
      this.#fetched.set(format, { ...fetched, isOutdated: true });
  }

  /** What is being fetched, or else `late`. */
  async #inTime(fetching: Promise<string>, late: string): Promise<string> {
    let cancel = (): void => undefined;
    const tooLong = new Promise<string>((resolve) => {
      cancel = this.#clock.after(MAX_WAIT_MS, () => resolve(late));
    });
    try {
      return await Promise.race([fetching, tooLong]);
    } finally {
      cancel();
    }
  }

  #fetch(format: Format): Promise<string> {
    const fetching = this.#fetching.get(format) ?? this.#startFetch(format);
    this.#fetching.set(format, fetching);
    return fetching;
  }

  async #startFetch(format: Format): Promise<string> {
    const version = this.#version;
    try {
      const text = await this.#source.text(format);
      const atMs = this.#clock.monotonicMs();
      if (version === this.#version) this.#fetched.set(format, { text, atMs, isOutdated: false });
      return text;
    } finally {
      if (version === this.#version) this.#fetching.delete(format);
    }
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
