import type { Clock } from "../clock.ts";
import { TokenBucket } from "./token-bucket.ts";

/** The requests of this time may be sent at once, so that a late timer does not lower the rate. */
const BURST_SECONDS = 0.1;
/** A permit that nobody has taken this long after it was available is spare. */
const SPARE_AFTER_MS = 20;
/** After this many attempts to get a spare permit, an ordinary one is taken: so discovery goes on and leaves most permits to polls. */
const MAX_SPARE_ATTEMPTS = 10;
/** Far above the requests that can be in flight in one account and region. */
const MAX_WAITING = 10_000;

/** The rate limit of one account and region: permits to send requests, first come, first served. */
export class Permits {
  readonly #bucket: TokenBucket;
  readonly #clock: Clock;
  readonly #waiting = new Set<() => void>();
  #cancelTimer: (() => void) | undefined;

  constructor(ratePerSecond: number, clock: Clock) {
    this.#clock = clock;
    this.#bucket = new TokenBucket(ratePerSecond, burst(ratePerSecond), clock.monotonicMs());
  }

  setRate(ratePerSecond: number): void {
    this.#bucket.setRate(ratePerSecond, burst(ratePerSecond), this.#clock.monotonicMs());
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#schedule();
  }

  /** Takes a permit if one is available and no request waits: requests of polls in progress go before new polls. */
  tryTake(): boolean {
    return this.#waiting.size === 0 && this.#bucket.tryTake(this.#clock.monotonicMs());
  }

  /** How long until a permit may be available, in milliseconds. */
  waitMs(): number {
    return this.#bucket.waitMs(this.#clock.monotonicMs());
  }

  /** Waits for a permit. Rejects with the signal's reason when it is aborted. */
  async take(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.tryTake()) return;
    if (this.#waiting.size >= MAX_WAITING) throw new Error("too many requests wait for the rate limit");
    await abortable(signal, (resolve) => {
      this.#waiting.add(resolve);
      this.#schedule();
      return () => this.#waiting.delete(resolve);
    });
  }

  /** Waits for a permit that nothing else needs, or for some time. Rejects with the signal's reason when it is aborted. */
  async takeSpare(signal: AbortSignal): Promise<void> {
    for (let attempt = 0; attempt < MAX_SPARE_ATTEMPTS; attempt += 1) {
      const delayMs = this.waitMs() + SPARE_AFTER_MS;
      await abortable(signal, (resolve) => this.#clock.after(delayMs, resolve));
      if (this.tryTake()) return;
    }
    await this.take(signal);
  }

  #schedule(): void {
    if (this.#cancelTimer !== undefined || this.#waiting.size === 0) return;
    this.#cancelTimer = this.#clock.after(Math.max(1, this.waitMs()), () => {
      this.#cancelTimer = undefined;
      for (const grant of this.#waiting) {
        if (!this.#bucket.tryTake(this.#clock.monotonicMs())) break;
        this.#waiting.delete(grant);
        grant();
      }
      this.#schedule();
    });
  }
}

function burst(ratePerSecond: number): number {
  return Math.max(1, ratePerSecond * BURST_SECONDS);
}

/** A promise that rejects with the signal's reason when it is aborted. `start` begins the waiting and gives what ends it. */
async function abortable(signal: AbortSignal, start: (resolve: () => void) => () => unknown): Promise<void> {
  signal.throwIfAborted();
  let abort = (): void => {};
  try {
    await new Promise<void>((resolve, reject) => {
      const cancel = start(resolve);
      abort = () => {
        cancel();
        reject(signal.reason);
      };
      signal.addEventListener("abort", abort, { once: true });
    });
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
