import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  ACTIVE_STATES,
  staticWorkgroup,
  ALWAYS_LISTED,
  LOCATION,
  startedSessions,
  totalCalls,
  undocumentedSettings,
} from "./static-workgroup.ts";
import { INTERVAL_MS, type SimulatedPolls } from "./simulated-polls.ts";

/** The first poll lists the active sessions, and the second one also those that ended. */
function makeFirstPolls(polls: SimulatedPolls): void {
  polls.poll();
  polls.waitMs(INTERVAL_MS);
  polls.poll();
}

describe("the requests of a poll", () => {
  test("are at most 8 for the first poll, however long the history of ended sessions", () => {
    const property = fc.property(
      undocumentedSettings,
      fc.nat({ max: 90 }),
      fc.constantFrom(0, 5000),
      (settings, active, history) => {
        const { polls } = staticWorkgroup(settings, {
          sessions: startedSessions(active, ACTIVE_STATES),
          history,
        });
        expect(polls.poll().calls).toBeLessThanOrEqual(8);
        expect(polls.tracker.active.size).toBe(active);
      },
    );
    fc.assert(property, { numRuns: 12 });
  });

  test("are at most 1.125 on average while no session ends and the unfiltered listing includes every active session", () => {
    const property = fc.property(fc.nat({ max: 90 }), (active) => {
      const { polls } = staticWorkgroup({}, { sessions: startedSessions(active, ACTIVE_STATES) });
      makeFirstPolls(polls);
      expect(totalCalls(polls, 48) / 48).toBeLessThanOrEqual(1.125);
    });
    fc.assert(property, { numRuns: 6 });
  });

  test("are at most 1.125 on average while no session ends, whichever states the unfiltered listing omits", () => {
    const property = fc.property(undocumentedSettings, fc.nat({ max: 90 }), (settings, active) => {
      const { polls } = staticWorkgroup(settings, { sessions: startedSessions(active, ALWAYS_LISTED) });
      makeFirstPolls(polls);
      expect(totalCalls(polls, 48) / 48).toBeLessThanOrEqual(1.125);
    });
    fc.assert(property, { numRuns: 6 });
  });

  test("are about one more for each session that ends", () => {
    const property = fc.property(undocumentedSettings, fc.integer({ min: 1, max: 40 }), (settings, ends) => {
      const { fleet, polls } = staticWorkgroup(settings, { sessions: startedSessions(60, ALWAYS_LISTED) });
      makeFirstPolls(polls);
      let calls = 0;
      for (let index = 0; index < ends; index++) {
        polls.waitMs(INTERVAL_MS);
        fleet.moveSession(
          LOCATION,
          `session ${index}`,
          index % 3 === 0 ? "FAILED" : "TERMINATED",
          polls.nowMs,
        );
        calls += polls.poll().calls;
      }
      expect(calls).toBeLessThanOrEqual(1.125 * ends + 1 + ends);
      const { ended } = polls.tracker.counters;
      expect(ended.TERMINATED + ended.FAILED).toBe(ends);
    });
    fc.assert(property, { numRuns: 12 });
  });
});

describe("hundreds of sessions that end at once", () => {
  test("are counted once each, with few requests", () => {
    const property = fc.property(
      undocumentedSettings,
      fc.constantFrom<"TERMINATED" | "FAILED">("TERMINATED", "FAILED"),
      (settings, state) => {
        const { fleet, polls } = staticWorkgroup(settings, { sessions: startedSessions(300, ALWAYS_LISTED) });
        polls.poll();
        polls.waitMs(INTERVAL_MS);
        for (let index = 0; index < 300; index++)
          fleet.moveSession(LOCATION, `session ${index}`, state, polls.nowMs);
        expect(polls.poll().calls).toBeLessThanOrEqual(12);
        expect(polls.tracker.active.size).toBe(0);
        expect(polls.tracker.counters.ended[state]).toBe(300);
      },
    );
    fc.assert(property, { numRuns: 8 });
  });

  test("are counted once each a few polls later if Athena no longer finds them", () => {
    const { fleet, polls } = staticWorkgroup({}, { sessions: startedSessions(200, ALWAYS_LISTED) });
    polls.poll();
    for (let index = 0; index < 200; index++) fleet.vanishSession(LOCATION, `session ${index}`, polls.nowMs);
    polls.waitMs(INTERVAL_MS);
    expect(polls.poll().calls).toBeLessThan(70);
    expect(polls.tracker.active.size).toBe(200);
    totalCalls(polls, 12);
    expect(polls.tracker.active.size).toBe(0);
    expect(polls.tracker.counters.ended).toEqual({ TERMINATED: 0, FAILED: 0, UNKNOWN: 200 });
  });
});
