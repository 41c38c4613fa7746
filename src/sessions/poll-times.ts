import { LISTING_LAG_MS } from "./reconciliation.ts";
import type { CountedTime } from "./session-time.ts";
import type { EndedState, Session } from "./session.ts";
import type { ActiveSession, Tracker } from "./tracker.ts";

/** The times of one poll, and of what the tracker knows, by AWS' clock and by the monotonic one. */
export class PollTimes {
  /** When the poll requested its first page, in monotonic milliseconds. */
  readonly listedAtMonotonicMs: number;
  readonly #before: Tracker;
  /** Changes while the poll reads responses. */
  readonly #awsClock: { readonly awsOffsetMs: number };

  constructor(before: Tracker, awsClock: { readonly awsOffsetMs: number }, listedAtMonotonicMs: number) {
    this.#before = before;
    this.#awsClock = awsClock;
    this.listedAtMonotonicMs = listedAtMonotonicMs;
  }

  /** Whether no poll of the workgroup has succeeded before. */
  get isBaseline(): boolean {
    return this.#before.polls === 0;
  }

  /** When the first poll was, in monotonic milliseconds. */
  get baselineMonotonicMs(): number {
    return this.isBaseline ? this.listedAtMonotonicMs : this.#before.baselineMonotonicMs;
  }

  /** When the poll requested its first page, in Unix milliseconds of AWS' clock. */
  get listedAtMs(): number {
    return this.toAwsClock(this.listedAtMonotonicMs);
  }

  /** Ended sessions that started before this are known or were counted, by state, in Unix milliseconds of AWS' clock. */
  get endedCoveredMs(): Readonly<Record<EndedState, number>> {
    const { TERMINATED, FAILED } = this.#before.reconciliation.endedCoveredMs;
    return {
      TERMINATED: this.toAwsClock(TERMINATED) - LISTING_LAG_MS,
      FAILED: this.toAwsClock(FAILED) - LISTING_LAG_MS,
    };
  }

  /** When the first poll was, in Unix milliseconds of AWS' clock. */
  get baselineMs(): number {
    return this.toAwsClock(this.baselineMonotonicMs);
  }

  /** A monotonic time in Unix milliseconds of AWS' clock, as it is known now. */
  toAwsClock(monotonicMs: number): number {
    return monotonicMs + this.#awsClock.awsOffsetMs;
  }

  /** The reverse of `toAwsClock`. */
  toMonotonic(awsMs: number): number {
    return awsMs - this.#awsClock.awsOffsetMs;
  }

  /** When a response last showed a session as it was after the last poll, in monotonic milliseconds. */
  shownAtMs({ shownAtMonotonicMs }: ActiveSession): number {
    return shownAtMonotonicMs ?? this.#before.polledAtMonotonicMs;
  }

  /** Until when the seconds of a session were counted after the last poll, in monotonic milliseconds. */
  countedUntilMs({ countedUntilMonotonicMs }: ActiveSession): number {
    return countedUntilMonotonicMs ?? this.#before.polledAtMonotonicMs;
  }

  /** A monotonic time as an ActiveSession has it: undefined for when the poll began, which the next tracker has. */
  unlessListedAt(monotonicMs: number): number | undefined {
    return monotonicMs === this.listedAtMonotonicMs ? undefined : monotonicMs;
  }

  /**
   * The time of a session that is still to be counted: by the monotonic clock, so that a step of AWS' clock counts nothing.
   * @param sinceMs since when it is in its state, in Unix milliseconds of AWS' clock
   * @param sentAtMs when the response was requested that shows it, in monotonic milliseconds
   */
  timeToCount(
    before: ActiveSession | undefined,
    { startMs }: Session,
    sinceMs: number,
    sentAtMs: number,
  ): CountedTime {
    const fromMs =
      before === undefined ? this.#firstCountedMs(startMs, sentAtMs) : this.countedUntilMs(before);
    const changedMs = Math.min(Math.max(this.toMonotonic(sinceMs), fromMs), sentAtMs);
    return { fromMs, changedMs, toMs: sentAtMs };
  }

  #firstCountedMs(startMs: number | undefined, sentAtMs: number): number {
    if (this.isBaseline || startMs === undefined) return sentAtMs;
    return Math.max(this.toMonotonic(startMs), this.#before.polledAtMonotonicMs);
  }
}
