import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ACTIVE, calm, LIVING, PLACE, started, totalCalls, unknowns } from "./calm-workgroup.ts";
import { INTERVAL_MS } from "./simulated-polls.ts";

describe("calls", () => {
  test("at most 8 at the start, however long the history of ended sessions", () => {
    const property = fc.property(
      unknowns,
      fc.nat({ max: 90 }),
      fc.constantFrom(0, 5000),
      (settings, living, history) => {
        const { polls } = calm(settings, { sessions: started(living, LIVING), history });
        expect(polls.poll().calls).toBeLessThanOrEqual(8);
        expect(polls.tracker.living.size).toBe(living);
      },
    );
    fc.assert(property, { numRuns: 12 });
  });

  test("at most 1.2 a poll while nothing ends and everything can be listed", () => {
    const property = fc.property(fc.nat({ max: 90 }), (living) => {
      const { polls } = calm({}, { sessions: started(living, LIVING) });
      polls.poll();
      expect(totalCalls(polls, 48) / 48).toBeLessThanOrEqual(1.2);
    });
    fc.assert(property, { numRuns: 6 });
  });

  test("at most 1.2 a poll while nothing ends, whatever a listing hides of others", () => {
    const property = fc.property(unknowns, fc.nat({ max: 90 }), (settings, living) => {
      const { polls } = calm(settings, { sessions: started(living, ACTIVE) });
      polls.poll();
      expect(totalCalls(polls, 48) / 48).toBeLessThanOrEqual(1.2);
    });
    fc.assert(property, { numRuns: 6 });
  });

  test("about one more for each end", () => {
    const property = fc.property(unknowns, fc.integer({ min: 1, max: 40 }), (settings, ends) => {
      const { fleet, polls } = calm(settings, { sessions: started(60, ACTIVE) });
      polls.poll();
      let calls = 0;
      for (let index = 0; index < ends; index++) {
        polls.waitMs(INTERVAL_MS);
        fleet.moveSession(PLACE, `session ${index}`, index % 3 === 0 ? "FAILED" : "TERMINATED", polls.nowMs);
        calls += polls.poll().calls;
      }
      expect(calls).toBeLessThanOrEqual(1.2 * ends + 1 + ends);
      const { ended } = polls.tracker.counters;
      expect(ended.TERMINATED + ended.FAILED).toBe(ends);
    });
    fc.assert(property, { numRuns: 12 });
  });
});

describe("hundreds that are gone at once", () => {
  test("are all counted, once each, in few calls", () => {
    const property = fc.property(
      unknowns,
      fc.constantFrom<"TERMINATED" | "FAILED">("TERMINATED", "FAILED"),
      (settings, state) => {
        const { fleet, polls } = calm(settings, { sessions: started(300, ACTIVE) });
        polls.poll();
        polls.waitMs(INTERVAL_MS);
        for (let index = 0; index < 300; index++)
          fleet.moveSession(PLACE, `session ${index}`, state, polls.nowMs);
        expect(polls.poll().calls).toBeLessThanOrEqual(12);
        expect(polls.tracker.living.size).toBe(0);
        expect(polls.tracker.counters.ended[state]).toBe(300);
      },
    );
    fc.assert(property, { numRuns: 8 });
  });

  test("and of which Athena tells nothing more are given up a few polls later, none of them as an event twice", () => {
    const { fleet, polls } = calm({}, { sessions: started(200, ACTIVE) });
    polls.poll();
    for (let index = 0; index < 200; index++) fleet.vanishSession(PLACE, `session ${index}`, polls.nowMs);
    polls.waitMs(INTERVAL_MS);
    expect(polls.poll().calls).toBeLessThan(70);
    expect(polls.tracker.living.size).toBe(200);
    totalCalls(polls, 12);
    expect(polls.tracker.living.size).toBe(0);
    expect(polls.tracker.counters.ended).toEqual({ TERMINATED: 0, FAILED: 0, UNKNOWN: 200 });
  });
});
