import { expect, test } from "vitest";
import { AwsTime } from "../../src/athena/aws-time.ts";

const NOON = Date.UTC(2026, 0, 1, 12);
const HOUR = 3_600_000;
const header = (ms: number) => new Date(ms).toUTCString();

test("AWS time equals the local clock if they differ by less than the resolution of a Date header", () => {
  const time = new AwsTime();
  time.learn(header(NOON - 1500), NOON, 200);
  expect(time.at(NOON)).toBe(NOON);
});

test("AWS time follows the Date header to within a second if the local clock is wrong", () => {
  const time = new AwsTime();
  time.learn(header(NOON + HOUR), NOON, 200);
  time.learn(header(NOON + HOUR), NOON, 200);
  expect(Math.abs(time.at(NOON) - (NOON + HOUR))).toBeLessThanOrEqual(1000);
});

test.each([HOUR, -HOUR])(
  "AWS time ignores a single response whose Date header is off by %d ms",
  (errorMs) => {
    const time = new AwsTime();
    time.learn(header(NOON), NOON, 200);
    time.learn(header(NOON + errorMs), NOON, 200);
    expect(time.at(NOON)).toBe(NOON);
    time.learn(header(NOON), NOON, 200);
    time.learn(header(NOON + errorMs), NOON, 200);
    expect(time.at(NOON)).toBe(NOON);
  },
);

test("AWS time follows a local clock that is corrected", () => {
  const time = new AwsTime();
  for (let count = 0; count < 2; count += 1) time.learn(header(NOON + HOUR), NOON, 200);
  for (let count = 0; count < 2; count += 1) time.learn(header(NOON + HOUR), NOON + HOUR, 200);
  expect(time.at(NOON)).toBe(NOON);
});

test("a slow response does not change AWS time", () => {
  const time = new AwsTime();
  time.learn(header(NOON), NOON, 8000);
  expect(time.at(NOON)).toBe(NOON);
});

test.each([undefined, "", "never"])("AWS time ignores the Date header %o", (dateHeader) => {
  const time = new AwsTime();
  time.learn(dateHeader, NOON, 200);
  expect(time.at(NOON)).toBe(NOON);
});
