import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Schedule } from "../../src/poll/schedule.ts";

const INTERVAL_MS = 30_000;

interface Visit {
  readonly key: string;
  readonly ageMs: number;
}

/** Runs a schedule on virtual time: a permit is available every 1/rate s, a poll takes one request and no time. */
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
    schedule.done(pick.key, { requests: 1, hasActiveSessions: options.isActive(pick.key), timedOut: false });
  }
  return visits;
}

function scheduleOf(count: number, ratePerSecond: number): Schedule {
  const schedule = new Schedule({ intervalMs: INTERVAL_MS, ratePerSecond });
  for (let index = 0; index < count; index += 1) schedule.add(`w${index}`, 0);
  return schedule;
}

const outcome = { requests: 1, hasActiveSessions: true, timedOut: false };

describe("if the rate limit suffices", () => {
  it("every target is polled at the configured interval", () => {
    const schedule = scheduleOf(100, 10);
    const visits = simulate(schedule, { ratePerSecond: 10, forMs: 3_600_000, isActive: (key) => key < "w5" });
    const laterAges = visits.slice(300).map(({ ageMs }) => ageMs);
    expect(Math.max(...laterAges)).toBeLessThan(INTERVAL_MS * 1.1);
    expect(Math.min(...laterAges)).toBeGreaterThanOrEqual(INTERVAL_MS);
    expect(schedule.plannedIntervalMs("w0")).toBe(INTERVAL_MS);
  });
});

describe("if the rate limit does not suffice", () => {
  const ratePerSecond = 5;
  const isActive = (key: string) => Number(key.slice(1)) % 20 === 0;
  const schedule = scheduleOf(1000, ratePerSecond);
  const visits = simulate(schedule, { ratePerSecond, forMs: 4 * 3_600_000, isActive }).slice(5000);
  const rotationMs = 1000 * (1000 / ratePerSecond);

  it("targets with active sessions are polled at the configured interval", () => {
    const ages = visits.filter(({ key }) => isActive(key)).map(({ ageMs }) => ageMs);
    expect(Math.max(...ages)).toBeLessThan(INTERVAL_MS * 1.1);
  });

  it("targets without active sessions wait at most twice as long as in a plain rotation, and about as long as planned", () => {
    const ages = visits.filter(({ key }) => !isActive(key)).map(({ ageMs }) => ageMs);
    expect(Math.max(...ages)).toBeLessThan(2 * rotationMs);
    expect(Math.max(...ages)).toBeLessThan(schedule.plannedIntervalMs("w1") * 1.05);
  });

  it("the number of skipped polls is returned, and why the target was chosen", () => {
    const scarce = scheduleOf(2, 1);
    scarce.pick(0, true);
    expect(scarce.pick(95_000, true)).toEqual({
      key: "w1",
      class: "new",
      waitedMs: 95_000,
      plannedIntervalMs: INTERVAL_MS,
      skipped: 3,
    });
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

  it("that was removed and added again twice while in flight is picked only once afterwards", () => {
    const schedule = scheduleOf(1, 5);
    schedule.pick(0, true);
    for (const nowMs of [1000, 2000]) {
      schedule.remove("w0");
      schedule.add("w0", nowMs);
    }
    schedule.done("w0", outcome);
    expect(schedule.pick(3000 + INTERVAL_MS, true)?.key).toBe("w0");
    expect(schedule.pick(4000 + INTERVAL_MS, true)).toBeUndefined();
  });

  it.each([
    { name: "was never polled before", polls: [true] },
    { name: "stays active", polls: [true, true] },
    { name: "becomes inactive", polls: [true, false, false] },
    { name: "stays inactive", polls: [false, false, false] },
    { name: "becomes active", polls: [false, false, true] },
  ])("whose poll is slow and that $name is scheduled from the start of its poll", ({ polls }) => {
    const schedule = scheduleOf(3, 5);
    let startMs = 0;
    for (const hasActiveSessions of polls) {
      startMs += 100_000;
      for (const key of ["w0", "w1", "w2"]) {
        expect(schedule.pick(startMs + Number(key[1]) * 1000, true)?.key).toBe(key);
      }
      for (const key of ["w2", "w1", "w0"]) schedule.done(key, { ...outcome, hasActiveSessions });
    }
    expect(schedule.nextDueInMs(startMs + 25_000, true)).toBe(INTERVAL_MS - 25_000);
    for (const key of ["w0", "w1", "w2"]) {
      expect(schedule.pick(startMs + INTERVAL_MS + Number(key[1]) * 1000, true)?.key).toBe(key);
    }
  });

  it("that timed out is not picked while suspects use their share of the slots", () => {
    const schedule = scheduleOf(1, 5);
    schedule.pick(0, true);
    schedule.done("w0", { requests: 1, timedOut: true });
    expect(schedule.pick(10 * INTERVAL_MS, false)).toBeUndefined();
    expect(schedule.pick(10 * INTERVAL_MS, true)).toMatchObject({ key: "w0", class: "suspect" });
  });

  it("that fails keeps the interval of targets with active sessions", () => {
    const schedule = scheduleOf(1, 5);
    schedule.pick(0, true);
    schedule.done("w0", { requests: 1, timedOut: false });
    expect(schedule.plannedIntervalMs("w0")).toBe(INTERVAL_MS);
  });

  it("is picked only while present and not in flight, and is never lost, for any sequence of calls", () => {
    const step = fc.record({
      action: fc.constantFrom("add", "remove", "pick", "pick", "done"),
      key: fc.integer({ min: 0, max: 9 }),
      waitMs: fc.integer({ min: 0, max: 40_000 }),
      hasActiveSessions: fc.boolean(),
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
          if (action === "done" && inFlight.delete(key)) schedule.done(key, { requests: 1, ...result });
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
