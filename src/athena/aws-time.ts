/** Smaller differences of the clocks are ignored: a Date header is in whole seconds. */
const RESOLUTION_MS = 2000;

/**
 * AWS' clock, estimated from Date headers. Durations of sessions are measured by it, because their times are AWS' and the clock of this
 * machine may be wrong or step.
 */
export class AwsTime {
  readonly #originMs: number;
  #aheadMs = 0;
  /** A difference seen in one response and not yet in another. */
  #unconfirmedAheadMs: number | undefined;

  /** `originMs`: Unix milliseconds of this machine's clock at time 0 of its monotonic clock, which does not step. */
  constructor(originMs = 0) {
    this.#originMs = originMs;
  }

  /**
   * Takes a response into account. A single one that differs from those before changes nothing: it may come from a proxy or a host whose
   * clock is wrong.
   * @param sentMs when the request was sent, in monotonic milliseconds
   */
  learn(dateHeader: string | undefined, sentMs: number, durationMs: number): void {
    const dateMs = Date.parse(dateHeader ?? "");
    if (!Number.isFinite(dateMs)) return;
    const differenceMs = dateMs + 500 - (this.#originMs + sentMs + durationMs / 2);
    const toleranceMs = RESOLUTION_MS + durationMs / 2;
    const aheadMs = Math.abs(differenceMs) > toleranceMs ? differenceMs : 0;
    const isLike = (otherMs = Infinity) => Math.abs(aheadMs - otherMs) <= 2 * toleranceMs;
    const isConfirmed = isLike(this.#aheadMs) || isLike(this.#unconfirmedAheadMs);
    this.#unconfirmedAheadMs = isConfirmed ? undefined : aheadMs;
    if (isConfirmed) this.#aheadMs = aheadMs;
  }

  /** Unix milliseconds of AWS' clock, for a monotonic time. */
  at(monotonicMs: number): number {
    return this.#originMs + monotonicMs + this.#aheadMs;
  }
}
