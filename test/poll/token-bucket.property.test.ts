import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { TokenBucket } from "../../src/poll/token-bucket.ts";

/** Tolerance for rounding errors of floating-point tokens. */
const ROUNDING = 1e-6;

/** Includes round numbers, with which tokens are often available at a whole millisecond. */
const numbers = (min: number, max: number) =>
  fc.oneof(
    fc.double({ min, max, noNaN: true }),
    fc.integer({ min: Math.ceil(min * 10), max: max * 10 }).map((tenths) => tenths / 10),
  );
const rates = fc.oneof(numbers(0.1, 1000), fc.constantFrom(0.1, 0.5, 5, 10));
const capacities = numbers(1, 100);
const times = fc.oneof(fc.nat({ max: 1e9 }), fc.double({ min: 0, max: 1e9, noNaN: true }));
/** Uses of a bucket: each is `afterMs` after the previous one and takes up to `tokens` tokens. */
const uses = fc.array(
  fc.record({ afterMs: fc.oneof(fc.nat({ max: 500 }), numbers(0, 5000)), tokens: fc.nat({ max: 30 }) }),
  { minLength: 1, maxLength: 60 },
);

/** Returns the time of each token that was taken. */
function takenMs(
  bucket: TokenBucket,
  steps: { afterMs: number; tokens: number }[],
  startMs: number,
): number[] {
  const taken: number[] = [];
  let nowMs = startMs;
  for (const { afterMs, tokens } of steps) {
    nowMs += afterMs;
    for (let left = tokens; left > 0 && bucket.tryTake(nowMs); left -= 1) taken.push(nowMs);
  }
  return taken;
}

/** Returns a bucket after some uses, and the time of the last one. */
function usedBucket(
  rate: number,
  capacity: number,
  startMs: number,
  steps: { afterMs: number; tokens: number }[],
) {
  const bucket = new TokenBucket(rate, capacity, startMs);
  takenMs(bucket, steps, startMs);
  return { bucket, nowMs: startMs + steps.reduce((sum, { afterMs }) => sum + afterMs, 0) };
}

/** Returns by how many tokens, at most, any time span exceeds the capacity plus the refill. */
function maxExcess(taken: readonly number[], rate: number, capacity: number): number {
  let max = -Infinity;
  for (const [first, fromMs] of taken.entries()) {
    for (let last = first; last < taken.length; last += 1) {
      const allowed = capacity + (rate * ((taken[last] ?? 0) - fromMs)) / 1000;
      max = Math.max(max, last - first + 1 - allowed);
    }
  }
  return max;
}

describe("a token bucket", () => {
  test("grants at most its capacity plus the refill in any time span", () => {
    fc.assert(
      fc.property(rates, capacities, times, uses, (rate, capacity, startMs, steps) => {
        const taken = takenMs(new TokenBucket(rate, capacity, startMs), steps, startMs);
        expect(maxExcess(taken, rate, capacity)).toBeLessThanOrEqual(ROUNDING);
      }),
    );
  });

  test("grants its whole capacity at once after it has been refilled", () => {
    fc.assert(
      fc.property(rates, fc.integer({ min: 1, max: 100 }), times, uses, (rate, capacity, startMs, steps) => {
        const { bucket, nowMs } = usedBucket(rate, capacity, startMs, steps);
        const fullMs = nowMs + (capacity / rate) * 1000 + 1;
        const taken = takenMs(bucket, [{ afterMs: 0, tokens: 1000 }], fullMs);
        expect(taken).toHaveLength(capacity);
      }),
    );
  });

  test("has a token after the wait that it returns, and none a millisecond earlier", () => {
    fc.assert(
      fc.property(rates, capacities, times, uses, (rate, capacity, startMs, steps) => {
        const { bucket, nowMs } = usedBucket(rate, capacity, startMs, steps);
        const waitMs = bucket.waitMs(nowMs);
        fc.pre(waitMs > 0);
        expect(bucket.tryTake(nowMs)).toBe(false);
        expect(bucket.tryTake(Math.max(nowMs, nowMs + waitMs - 1.001))).toBe(false);
        expect(bucket.waitMs(nowMs + waitMs)).toBe(0);
        expect(bucket.tryTake(nowMs + waitMs)).toBe(true);
      }),
      { numRuns: 5000 },
    );
  });

  test("returns a wait of 0 exactly while it has a token", () => {
    fc.assert(
      fc.property(rates, capacities, times, uses, (rate, capacity, startMs, steps) => {
        const { bucket, nowMs } = usedBucket(rate, capacity, startMs, steps);
        expect(bucket.waitMs(nowMs) === 0).toBe(bucket.tryTake(nowMs));
      }),
    );
  });

  test("applies a changed rate at once, and keeps at most the new capacity", () => {
    fc.assert(
      fc.property(
        fc.record({ rate: rates, capacity: capacities }),
        fc.record({ rate: rates, capacity: capacities }),
        times,
        uses,
        uses,
        (previous, changed, startMs, before, after) => {
          const { bucket, nowMs } = usedBucket(previous.rate, previous.capacity, startMs, before);
          bucket.setRate(changed.rate, changed.capacity, nowMs);
          const taken = takenMs(bucket, after, nowMs);
          expect(maxExcess(taken, changed.rate, changed.capacity)).toBeLessThanOrEqual(ROUNDING);
        },
      ),
    );
  });

  test("keeps its tokens, up to the new capacity, when the rate changes", () => {
    const bucket = new TokenBucket(1, 10, 0);
    bucket.setRate(100, 5, 0);
    expect(takenMs(bucket, [{ afterMs: 0, tokens: 10 }], 0)).toHaveLength(5);
    bucket.setRate(2, 5, 0);
    expect(bucket.waitMs(0)).toBe(500);
  });
});
