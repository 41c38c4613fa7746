import * as fc from "fast-check";
import { expect, test } from "vitest";
import { formatDuration, parseDuration } from "../src/duration.ts";

test.each([
  ["0", 0],
  ["250ms", 250],
  ["90s", 90_000],
  ["1h30m", 5_400_000],
  ["1d", 86_400_000],
  ["1w", 604_800_000],
  ["1y2w3d4h5m6s7ms", 33_019_506_007],
])("%s is read as Prometheus does", (text, durationMs) => {
  expect(parseDuration(text)).toBe(durationMs);
});

test.each(["", "60", "1.5h", "-1m", "1m1h", "1m 30s", "1M", "m", "1h1h", "00"])(
  "%j is no duration",
  (text) => {
    expect(parseDuration(text)).toBeUndefined();
  },
);

test.each([
  [93_600_000, "1d 2h"],
  [306_000, "5m 6s"],
  [45_000, "45s"],
  [45_900, "45s"],
  [100, "100ms"],
  [0, "0s"],
  [0.9, "0s"],
  [-5_000, "0s"],
  [86_400_000 + 60_000, "1d"],
  [365 * 86_400_000, "365d"],
])("%d ms are shown as %s", (durationMs, text) => {
  expect(formatDuration(durationMs)).toBe(text);
});

test("what is shown has two units at most, and is short by less than the smallest that it could show", () => {
  const SMALLER_MS = { d: 3_600_000, h: 60_000, m: 1_000, s: 1_000, ms: 1 };
  fc.assert(
    fc.property(fc.double({ min: 0, max: 2 ** 45, noNaN: true }), (durationMs) => {
      const text = formatDuration(durationMs);
      expect(text).toMatch(/^\d+(?:ms|s|m|m \d+s|h|h \d+m|d|d \d+h)$/);
      const largest = /^\d+([a-z]+)/.exec(text)?.[1] as keyof typeof SMALLER_MS;
      const missingMs = durationMs - (parseDuration(text.replace(" ", "")) ?? Number.NaN);
      expect(missingMs).toBeGreaterThanOrEqual(0);
      expect(missingMs).toBeLessThan(SMALLER_MS[largest]);
    }),
  );
});
