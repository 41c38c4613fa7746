import { samplesOf } from "./scrape-once.ts";

const LAST_SUCCESS = "athena_workgroup_last_success_timestamp_seconds";

/** What was seen of how far apart a fleet's polls are, in seconds. */
export interface GapSummary {
  readonly median: number;
  /** One gap in a hundred is longer. */
  readonly p99: number;
  /** Of the gaps, and of the times since a workgroup's latest poll. */
  readonly longest: number;
  /** Workgroups of which no two polls were seen. */
  readonly polledOnce: number;
}

/** The times between two polls of a workgroup, as they show in scrapes that come more often than polls. */
export class PollGaps {
  readonly #latest = new Map<string, number>();
  #lastFirstSeconds = 0;
  readonly #gaps: number[] = [];
  readonly #polledTwice = new Set<string>();

  /** Of how many workgroups a poll was seen. */
  get polledWorkgroups(): number {
    return this.#latest.size;
  }

  /** When the last of them was polled for the first time, in Unix milliseconds. */
  get firstRoundEndMs(): number {
    return 1000 * this.#lastFirstSeconds;
  }

  observe(scrape: string): void {
    for (const [labels, seconds] of samplesOf(scrape, LAST_SUCCESS)) {
      const former = this.#latest.get(labels);
      if (seconds === 0 || seconds === former) continue;
      this.#latest.set(labels, seconds);
      if (former === undefined) {
        this.#lastFirstSeconds = Math.max(this.#lastFirstSeconds, seconds);
        continue;
      }
      this.#gaps.push(seconds - former);
      this.#polledTwice.add(labels);
    }
  }

  summary(nowMs: number): GapSummary {
    const sorted = this.#gaps.toSorted((a, b) => a - b);
    const longestWait = nowMs / 1000 - least(this.#latest.values());
    return {
      median: sorted[Math.floor(sorted.length / 2)] ?? NaN,
      p99: sorted[Math.floor(sorted.length * 0.99)] ?? NaN,
      longest: Math.max(sorted.at(-1) ?? NaN, longestWait),
      polledOnce: this.#latest.size - this.#polledTwice.size,
    };
  }
}

function least(numbers: Iterable<number>): number {
  let smallest = Infinity;
  for (const number of numbers) smallest = Math.min(smallest, number);
  return smallest;
}
