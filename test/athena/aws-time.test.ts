import { expect, it } from "vitest";
import { AwsTime } from "../../src/athena/aws-time.ts";

const NOON = Date.UTC(2026, 0, 1, 12);
const HOUR = 3_600_000;
const header = (ms: number) => new Date(ms).toUTCString();

it("is this machine's where the two differ by less than a Date header can tell", () => {
  const time = new AwsTime();
  time.learn(header(NOON - 1500), NOON, 200);
  expect(time.at(NOON)).toBe(NOON);
});

it("is AWS' where this machine's clock is wrong, to within a second", () => {
  const time = new AwsTime();
  time.learn(header(NOON + HOUR), NOON, 200);
  expect(Math.abs(time.at(NOON) - (NOON + HOUR))).toBeLessThanOrEqual(1000);
});

it("follows a clock that is set right", () => {
  const time = new AwsTime();
  time.learn(header(NOON + HOUR), NOON, 200);
  time.learn(header(NOON + HOUR), NOON + HOUR, 200);
  expect(time.at(NOON)).toBe(NOON);
});

it("does not take a slow answer for a wrong clock", () => {
  const time = new AwsTime();
  time.learn(header(NOON), NOON, 8000);
  expect(time.at(NOON)).toBe(NOON);
});

it.each([undefined, "", "never"])("learns nothing from the header %o", (dateHeader) => {
  const time = new AwsTime();
  time.learn(dateHeader, NOON, 200);
  expect(time.at(NOON)).toBe(NOON);
});
