import * as fc from "fast-check";
import { expect, test } from "vitest";
import { formatDuration, parseDuration } from "../../src/config/duration.ts";

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

test("what is formatted reads back as the same time", () => {
  fc.assert(
    fc.property(fc.nat({ max: 2 ** 40 }), (durationMs) => {
      expect(parseDuration(formatDuration(durationMs))).toBe(durationMs);
    }),
  );
});
