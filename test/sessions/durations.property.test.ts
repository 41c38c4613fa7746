import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Histogram } from "../../src/sessions/histogram.ts";
import { QUIET } from "../../src/simulator/behaviour.ts";
import { Fleet } from "../../src/simulator/fleet.ts";
import { FakeAthena, MINUTE, NOON, Poller, RECONCILIATION_POLLS } from "./fake-athena.ts";
import { EPOCH_MS, INTERVAL_MS, SimulatedPolls, WORKGROUP } from "./simulated-polls.ts";

const POLLS = 30;

/** When a session enters its states, in seconds after the first poll, and how it ends. */
const life = fc
  .record({
    start: fc.integer({ min: 1, max: 900 }),
    startup: fc.integer({ min: 1, max: 200 }),
    idle: fc.integer({ min: 1, max: 400 }),
    ending: fc.integer({ min: 1, max: 200 }),
    endState: fc.constantFrom("TERMINATED" as const, "FAILED" as const),
  })
  .map(({ start, startup, idle, ending, endState }) => {
    const usable = start + startup;
    return { start, usable, terminating: usable + idle, end: usable + idle + ending, endState };
  });

const countAndSum = ({ counts, sum }: Histogram) => [
  counts.reduce((total, count) => total + count, 0),
  Math.round(sum),
];
const ofAll = (values: readonly number[]) => [values.length, values.reduce((sum, value) => sum + value, 0)];

test("durations have the counts and sums of what happened, each session once, also through failed polls", () => {
  const property = fc.property(
    fc.array(life, { maxLength: 8 }),
    fc.array(fc.boolean(), { minLength: POLLS, maxLength: POLLS }),
    (lives, failures) => {
      const athena = new FakeAthena();
      const poller = new Poller(athena);
      poller.poll();
      const firstMs = athena.nowMs;
      const successes: number[] = [];
      const changes = lives
        .flatMap((one, index) => [
          { at: one.start, id: `s${index}`, state: "CREATING" as const },
          { at: one.usable, id: `s${index}`, state: "IDLE" as const },
          { at: one.terminating, id: `s${index}`, state: "TERMINATING" as const },
          { at: one.end, id: `s${index}`, state: one.endState },
        ])
        .sort((a, b) => a.at - b.at);
      const isFailure = [...failures, ...Array.from({ length: RECONCILIATION_POLLS }, () => false)];
      for (const fails of isFailure) {
        const pollMs = athena.nowMs + MINUTE;
        while (changes[0] !== undefined && firstMs + changes[0].at * 1000 <= pollMs) {
          const { at, id, state } = changes.shift() ?? { at: 0, id: "", state: "IDLE" as const };
          athena.nowMs = firstMs + at * 1000;
          athena.put(id, state);
        }
        athena.nowMs = pollMs - MINUTE;
        if (fails) athena.nowMs = pollMs;
        else {
          poller.poll();
          successes.push((pollMs - firstMs) / 1000);
        }
      }
      const isSeen = (from: number, until: number) => successes.some((at) => at >= from && at < until);
      const usable = lives.filter((one) => isSeen(one.usable, one.terminating));
      const { durations, ended, started } = poller.tracker.counters;
      expect(started).toBe(lives.length);
      expect(countAndSum(durations.startup)).toEqual(ofAll(usable.map((one) => one.usable - one.start)));
      for (const state of ["TERMINATED", "FAILED"] as const) {
        const own = lives.filter(({ endState }) => endState === state);
        expect(ended[state]).toBe(own.length);
        expect(countAndSum(durations.life[state])).toEqual(ofAll(own.map(({ start, end }) => end - start)));
      }
      const idle = usable.map((one) =>
        isSeen(one.terminating, one.end) ? one.terminating - one.usable : one.end - one.usable,
      );
      expect(countAndSum(durations.idleBeforeEnd)).toEqual(ofAll(idle));
    },
  );
  fc.assert(property, { numRuns: 150 });
});

test("the lives of the simulator's sessions have the counts of ended sessions, and their true lengths", () => {
  const property = fc.property(
    fc.nat({ max: 1_000_000 }),
    fc.array(fc.boolean(), { minLength: 60, maxLength: 60 }),
    (seed, failures) => {
      const behaviour = { ...QUIET, arrivalsPerHour: 60, failAtStartShare: 0.2, terminatedByOwnerShare: 1 };
      const workgroup = { name: WORKGROUP, engine: "PySpark engine version 3", behaviour };
      const accounts = [{ id: "111111111111", regions: { "eu-west-1": [workgroup] } }];
      const polls = new SimulatedPolls(new Fleet(accounts, seed, EPOCH_MS), seed);
      const lives: Record<string, number[]> = { TERMINATED: [], FAILED: [] };
      polls.poll();
      for (const fails of failures) {
        polls.waitMs(INTERVAL_MS);
        if (fails) {
          polls.failPoll(0);
          continue;
        }
        for (const { kind, session, endState = "UNKNOWN" } of polls.poll().findings.events) {
          const { startMs, endMs = NaN } = polls.workgroup.find(session.id) ?? { startMs: NaN };
          if (kind === "ended") lives[endState]?.push((endMs - startMs) / 1000);
        }
      }
      const { durations, ended, started } = polls.tracker.counters;
      for (const state of ["TERMINATED", "FAILED"] as const) {
        const [count = 0, sum = 0] = ofAll(lives[state] ?? []);
        expect(countAndSum(durations.life[state])[0]).toBe(count);
        expect(count).toBe(ended[state]);
        expect(durations.life[state].sum).toBeCloseTo(sum, 3);
      }
      expect(countAndSum(durations.startup)[0]).toBeLessThanOrEqual(started);
    },
  );
  fc.assert(property, { numRuns: 30 });
});

test("a session that was there at the first poll has no startup, and its whole life", () => {
  const athena = new FakeAthena();
  const poller = new Poller(athena);
  athena.put("a", "CREATING");
  poller.poll();
  athena.put("a", "IDLE");
  poller.poll();
  athena.nowMs = NOON + 2.5 * MINUTE;
  athena.put("a", "TERMINATED");
  athena.nowMs = NOON + 2 * MINUTE;
  poller.poll();
  const { startup, life: lives } = poller.tracker.counters.durations;
  expect(countAndSum(startup)).toEqual([0, 0]);
  expect(countAndSum(lives.TERMINATED)).toEqual([1, 150]);
});
