import type { Throttle } from "./settings.ts";

interface Bucket {
  tokens: number;
  filledAtMs: number;
}

/** Token buckets by key. AWS applies its request quotas to each account and region. */
export class TokenBuckets {
  readonly #buckets = new Map<string, Bucket>();

  /** Takes the token of one request; false if there is none. `nowMs` must be monotonic. */
  take(key: string, throttle: Throttle, nowMs: number): boolean {
    const bucket = this.#buckets.get(key) ?? { tokens: throttle.burst, filledAtMs: nowMs };
    const gained = ((nowMs - bucket.filledAtMs) / 1000) * throttle.ratePerSecond;
    bucket.tokens = Math.min(throttle.burst, bucket.tokens + gained);
    bucket.filledAtMs = nowMs;
    this.#buckets.set(key, bucket);
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }
}
