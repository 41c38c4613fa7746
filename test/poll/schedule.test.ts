import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Schedule } from "../../src/poll/schedule.ts";

const INTERVAL_MS = 30_000;

interface Visit {
  readonly key: string;
  readonly ageMs: number;
}

/** Runs a schedule on virtual time: a permit comes every 1/rate s, a poll takes one call and no time. */
function simulate(
  schedule: Schedule,
  options: {
    readonly ratePerSecond: number;
    readonly forMs: number;
    readonly isActive: (key: string) => boolean;
  },
): Visit[] {
  const visits: Visit[] = [];
  const startedMs = new Map<string, number>();
  for (let nowMs = 0; nowMs < options.forMs; nowMs += 1000 / options.ratePerSecond) {
    const pick = schedule.pick(nowMs, true);
    if (pick === undefined) continue;
    visits.push({ key: pick.key, ageMs: nowMs - (startedMs.get(pick.key) ?? nowMs) });
    startedMs.set(pick.key, nowMs);
    schedule.done(pick.key, { calls: 1, hasLivingSessions: options.isActive(pick.key), timedOut: false });
  }
  return visits;
}

function scheduleOf(count: number, ratePerSecond: number): Schedule {
  const schedule = new Schedule({ intervalMs: INTERVAL_MS, ratePerSecond });
  for (let index = 0; index < count; index += 1) schedule.add(`w${index}`, 0);
  return schedule;
}

const outcome = { calls: 1, hasLivingSessions: true, timedOut: false };

describe("where the rate limit suffices", () => {
  it("every target keeps its interval", () => {
    const schedule = scheduleOf(100, 10);
    const visits = simulate(schedule, { ratePerSecond: 10, forMs: 3_600_000, isActive: (key) => key < "w5" });
    const laterAges = visits.slice(300).map(({ ageMs }) => ageMs);
    expect(Math.max(...laterAges)).toBeLessThan(INTERVAL_MS * 1.1);
    expect(Math.min(...laterAges)).toBeGreaterThanOrEqual(INTERVAL_MS);
    expect(schedule.plannedIntervalMs("w0")).toBe(INTERVAL_MS);
  });
});

describe("where it does not", () => {
  const ratePerSecond = 5;
  const isActive = (key: string) => Number(key.slice(1)) % 20 === 0;
  const schedule = scheduleOf(1000, ratePerSecond);
  const visits = simulate(schedule, { ratePerSecond, forMs: 4 * 3_600_000, isActive }).slice(5000);
  const rotationMs = 1000 * (1000 / ratePerSecond);

  it("workgroups with living sessions keep theirs", () => {
    const ages = visits.filter(({ key }) => isActive(key)).map(({ ageMs }) => ageMs);
    expect(Math.max(...ages)).toBeLessThan(INTERVAL_MS * 1.1);
  });

  it("quiet ones wait at most twice as long as if all took turns, and as long as is planned", () => {
    const ages = visits.filter(({ key }) => !isActive(key)).map(({ ageMs }) => ageMs);
    expect(Math.max(...ages)).toBeLessThan(2 * rotationMs);
    expect(Math.max(...ages)).toBeLessThan(schedule.plannedIntervalMs("w1") * 1.05);
  });

  it("says how many polls were skipped", () => {
    const scarce = scheduleOf(2, 1);
    scarce.pick(0, true);
    expect(scarce.pick(95_000, true)).toEqual({ key: "w1", isSuspect: false, skipped: 3 });
  });
});

describe("a target", () => {
  it("that is in flight is not picked again", () => {
    const schedule = scheduleOf(1, 5);
    expect(schedule.pick(0, true)?.key).toBe("w0");
    expect(schedule.pick(1e9, true)).toBeUndefined();
    expect(schedule.nextDueInMs(1e9, true)).toBeUndefined();
  });

  it("that was removed and added while in flight is not picked before it is done", () => {
    const schedule = scheduleOf(1, 5);
    schedule.pick(0, true);
    schedule.remove("w0");
    schedule.add("w0", 1000);
    expect(schedule.pick(2000, true)).toBeUndefined();
    schedule.done("w0", outcome);
    expect(schedule.pick(2000 + INTERVAL_MS, true)?.key).toBe("w0");
  });

  it("that timed out waits while suspects have their share of the slots", () => {
    const schedule = scheduleOf(1, 5);
    schedule.pick(0, true);
    schedule.done("w0", { calls: 1, timedOut: true });
    expect(schedule.pick(10 * INTERVAL_MS, false)).toBeUndefined();
    expect(schedule.pick(10 * INTERVAL_MS, true)).toMatchObject({ key: "w0", isSuspect: true });
  });

  it("that fails keeps its place among those with living sessions", () => {
    const schedule = scheduleOf(1, 5);
    schedule.pick(0, true);
    schedule.done("w0", { calls: 1, timedOut: false });
    expect(schedule.plannedIntervalMs("w0")).toBe(INTERVAL_MS);
  });

  it("is never picked twice at a time, forgotten, or picked too soon, whatever happens", () => {
    const step = fc.record({
      action: fc.constantFrom("add", "remove", "pick", "pick", "done"),
      key: fc.integer({ min: 0, max: 9 }),
      waitMs: fc.integer({ min: 0, max: 40_000 }),
      hasLivingSessions: fc.boolean(),
      timedOut: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const schedule = new Schedule({ intervalMs: INTERVAL_MS, ratePerSecond: 5 });
        const present = new Set<string>();
        const inFlight = new Set<string>();
        let nowMs = 0;
        for (const { action, key: index, waitMs, ...result } of steps) {
          const key = `w${index}`;
          nowMs += waitMs;
          if (action === "add") {
            present.add(key);
            schedule.add(key, nowMs);
          }
          if (action === "remove") {
            present.delete(key);
            schedule.remove(key);
          }
          if (action === "done" && inFlight.delete(key)) schedule.done(key, { calls: 1, ...result });
          if (action !== "pick") continue;
          const pick = schedule.pick(nowMs, true);
          if (pick === undefined) continue;
          expect(present).toContain(pick.key);
          expect(inFlight).not.toContain(pick.key);
          inFlight.add(pick.key);
        }
        for (const key of inFlight) schedule.done(key, outcome);
        const left = new Set<string>();
        for (let pick = schedule.pick(1e9, true); pick; pick = schedule.pick(1e9, true)) left.add(pick.key);
        expect(left).toEqual(present);
      }),
    );
  });
});
