import { TokenBucket } from "limiter";
import type { Clock } from "../clock.ts";

/** So much of a second's calls may come at once: enough that a late timer loses no call. */
const BURST_SECONDS = 0.1;
/** A permit that nobody has taken for so long after it was there is spare. */
const SPARE_AFTER_MS = 20;
/** Whoever waits for spare permits gets one in so many in any case, so that it comes about at last. */
const PATIENCE_PERMITS = 10;
/** Far over the calls that a region can have in flight. */
const MAX_WAITING = 10_000;

/** The right to send requests to one account's region: so many a second, first come, first served. */
export class Permits {
  readonly #bucket: TokenBucket;
  readonly #clock: Clock;
  readonly #waiting: { grant: () => void }[] = [];
  #cancelTimer: (() => void) | undefined;

  constructor(ratePerSecond: number, clock: Clock) {
    this.#clock = clock;
    this.#bucket = new TokenBucket({
      bucketSize: Math.max(1, ratePerSecond * BURST_SECONDS),
      tokensPerInterval: ratePerSecond,
      interval: 1000,
    });
  }

  /** Takes a permit if one is there and nobody waits for it: calls of polls under way go before new polls. */
  tryTake(): boolean {
    return this.#waiting.length === 0 && this.#bucket.tryRemoveTokens(1);
  }

  /** How long until a permit may be there, in milliseconds. */
  waitMs(): number {
    return this.#bucket.getWaitTime(1);
  }

  /** Waits for a permit. Rejects with the signal's reason when it is aborted. */
  async take(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.tryTake()) return;
    if (this.#waiting.length >= MAX_WAITING) throw new Error("too many calls wait for the rate limit");
    await new Promise<void>((resolve, reject) => {
      const abandon = () => {
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
        reject(signal.reason);
      };
      const waiter = {
        grant: () => {
          signal.removeEventListener("abort", abandon);
          resolve();
        },
      };
      signal.addEventListener("abort", abandon, { once: true });
      this.#waiting.push(waiter);
      this.#schedule();
    });
  }

  /** Waits for a permit that nobody else has a use for, or for some time. Rejects with the signal's reason when it is aborted. */
  async takeSpare(signal: AbortSignal): Promise<void> {
    for (let turn = 0; turn < PATIENCE_PERMITS; turn += 1) {
      await this.#pause(this.waitMs() + SPARE_AFTER_MS, signal);
      if (this.tryTake()) return;
    }
    await this.take(signal);
  }

  async #pause(delayMs: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      const abandon = () => {
        cancel();
        reject(signal.reason);
      };
      const cancel = this.#clock.after(delayMs, () => {
        signal.removeEventListener("abort", abandon);
        resolve();
      });
      signal.addEventListener("abort", abandon, { once: true });
    });
  }

  #schedule(): void {
    if (this.#cancelTimer !== undefined || this.#waiting.length === 0) return;
    this.#cancelTimer = this.#clock.after(Math.max(1, this.waitMs()), () => {
      this.#cancelTimer = undefined;
      while (this.#waiting.length > 0 && this.#bucket.tryRemoveTokens(1)) this.#waiting.shift()?.grant();
      this.#schedule();
    });
  }
}
