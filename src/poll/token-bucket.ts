/** A whole token: floating-point sums end a little below or above 1. */
const WHOLE = 1 - 1e-9;

/**
 * A token bucket: `ratePerSecond` tokens a second flow in, up to `capacity`. Pure: times are monotonic milliseconds that callers pass in.
 */
export class TokenBucket {
  #ratePerSecond: number;
  #capacity: number;
  #tokens: number;
  #filledMs: number;

  /** Starts full. */
  constructor(ratePerSecond: number, capacity: number, nowMs: number) {
    this.#ratePerSecond = ratePerSecond;
    this.#capacity = capacity;
    this.#tokens = capacity;
    this.#filledMs = nowMs;
  }

  /** Changes the rate from now on; the tokens that are there stay, up to the new capacity. */
  setRate(ratePerSecond: number, capacity: number, nowMs: number): void {
    this.#fill(nowMs);
    this.#ratePerSecond = ratePerSecond;
    this.#capacity = capacity;
    this.#tokens = Math.min(this.#tokens, capacity);
  }

  tryTake(nowMs: number): boolean {
    this.#fill(nowMs);
    if (this.#tokens < WHOLE) return false;
    this.#tokens -= 1;
    return true;
  }

  /** How long until there is a token, in milliseconds; 0 if there is one. */
  waitMs(nowMs: number): number {
    this.#fill(nowMs);
    return this.#tokens >= WHOLE ? 0 : Math.ceil(((1 - this.#tokens) / this.#ratePerSecond) * 1000);
  }

  #fill(nowMs: number): void {
    const added = ((nowMs - this.#filledMs) / 1000) * this.#ratePerSecond;
    this.#tokens = Math.min(this.#capacity, this.#tokens + added);
    this.#filledMs = nowMs;
  }
}
