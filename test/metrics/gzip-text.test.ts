import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { type Clock, systemClock } from "../../src/clock.ts";
import { gzipText } from "../../src/metrics/gzip-text.ts";

test("the text can be decompressed, and plainBytes is its length in UTF-8", async () => {
  const slices = ["# HELP up é\n", "", "up 1\n".repeat(100_000), "😀\n"];
  const { gzip, plainBytes } = await gzipText(slices, systemClock);
  const text = slices.join("");
  expect(gunzipSync(gzip).toString()).toBe(text);
  expect(plainBytes).toBe(Buffer.byteLength(text));
});

test("building a text blocks the event loop for at most 5 ms at a time", async () => {
  let nowMs = 0;
  const clock: Clock = { ...systemClock, monotonicMs: () => nowMs };
  let turn = 0;
  let immediate = setImmediate(countTurn);
  function countTurn(): void {
    turn += 1;
    immediate = setImmediate(countTurn);
  }
  const msByTurn = new Map<number, number>();
  // The slices are so small that the stream alone would take all of them in the same turn.
  function* slowSlices(): Generator<string> {
    for (let slice = 0; slice < 100; slice++) {
      nowMs += 1;
      msByTurn.set(turn, (msByTurn.get(turn) ?? 0) + 1);
      yield "x";
    }
  }
  const { plainBytes } = await gzipText(slowSlices(), clock);
  clearImmediate(immediate);
  expect(plainBytes).toBe(100);
  expect(Math.max(...msByTurn.values())).toBeLessThanOrEqual(5);
});
