import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { QUIET } from "../../src/simulator/behaviour.ts";
import { Fleet } from "../../src/simulator/fleet.ts";
import { RECONCILIATION_POLLS } from "./fake-athena.ts";
import {
  staticWorkgroup,
  ALWAYS_LISTED,
  LOCATION,
  startedSessions,
  totalCalls,
  undocumentedSettings,
} from "./static-workgroup.ts";
import { EPOCH_MS, INTERVAL_MS, SimulatedPolls, WORKGROUP } from "./simulated-polls.ts";

describe("a session that is missing for some polls", () => {
  const histories = fc.record({
    missingPolls: fc.integer({ min: 1, max: 8 }),
    state: fc.constantFrom(...ALWAYS_LISTED),
    endsAs: fc.constantFrom<"TERMINATED" | "FAILED">("TERMINATED", "FAILED"),
  });

  test("is active again when it is listed, and its end is counted once", () => {
    const property = fc.property(
      undocumentedSettings,
      histories,
      (settings, { missingPolls, state, endsAs }) => {
        const { fleet, polls } = staticWorkgroup(settings, {
          sessions: startedSessions(5, [state]),
          history: 20,
        });
        polls.poll();
        fleet.vanishSession(LOCATION, "session 0", polls.nowMs);
        totalCalls(polls, missingPolls);
        const hasEnded = !polls.tracker.active.has("session 0");
        expect(hasEnded).toBe(missingPolls >= 2);

        fleet.restoreSession(LOCATION, "session 0", polls.nowMs);
        totalCalls(polls, 1);
        expect(polls.tracker.active.get("session 0")?.state).toBe(state);
        expect(polls.tracker.counters.started).toBe(0);

        fleet.moveSession(LOCATION, "session 0", endsAs, polls.nowMs);
        totalCalls(polls, 3);
        const { ended } = polls.tracker.counters;
        expect(ended.TERMINATED + ended.FAILED + ended.UNKNOWN).toBe(1);
        expect(ended.UNKNOWN).toBe(hasEnded ? 1 : 0);
        expect(polls.tracker.active.size).toBe(4);
      },
    );
    fc.assert(property, { numRuns: 60 });
  });
});

test("a session that starts and ends between two polls is counted within one cycle of reconciliation listings", () => {
  const property = fc.property(
    undocumentedSettings,
    fc.constantFrom<"TERMINATED" | "FAILED">("TERMINATED", "FAILED"),
    fc.nat({ max: 30 }),
    (settings, state, afterPolls) => {
      const { fleet, polls } = staticWorkgroup(settings);
      polls.poll();
      totalCalls(polls, afterPolls);
      const startMs = polls.nowMs + INTERVAL_MS / 3;
      fleet.addSession(LOCATION, { state, startMs, atMs: startMs + INTERVAL_MS / 3 });
      totalCalls(polls, RECONCILIATION_POLLS);
      const { started, ended } = polls.tracker.counters;
      expect({ started, ended: ended[state] }).toEqual({ started: 1, ended: 1 });
    },
  );
  fc.assert(property, { numRuns: 30 });
});

test("all session-seconds are counted, even if polls fail", () => {
  const property = fc.property(
    fc.nat({ max: 1_000_000 }),
    fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }),
    (seed, failures) => {
      const behaviour = { ...QUIET, arrivalsPerHour: 30, creatingMs: { min: 120_000, max: 240_000 } };
      const workgroup = { name: WORKGROUP, engine: "PySpark engine version 3", behaviour };
      const fleet = new Fleet(
        [{ id: "111111111111", regions: { "eu-west-1": [workgroup] } }],
        seed,
        EPOCH_MS,
      );
      const polls = new SimulatedPolls(fleet, seed);
      polls.poll();
      for (const [index, isFailure] of failures.entries()) {
        polls.waitMs(INTERVAL_MS);
        if (isFailure && index % 2 === 0) polls.failPoll(0);
        else polls.poll();
      }
      const totalMs = polls.workgroup.sessions
        .filter(({ startMs }) => startMs <= polls.tracker.polledAtMs)
        .reduce(
          (sum, { startMs, endMs = Infinity }) => sum + Math.min(endMs, polls.tracker.polledAtMs) - startMs,
          0,
        );
      const counted = Object.values(polls.tracker.counters.sessionSeconds).reduce(
        (sum, value) => sum + value,
        0,
      );
      expect(counted).toBeCloseTo(totalMs / 1000, 3);
    },
  );
  fc.assert(property, { numRuns: 40 });
});
