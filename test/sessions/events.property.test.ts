import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { QUIET } from "../../src/simulator/behaviour.ts";
import { Fleet } from "../../src/simulator/fleet.ts";
import { ACTIVE, calm, LIVING, PLACE, started, totalCalls, unknowns } from "./calm-workgroup.ts";
import { EPOCH_MS, INTERVAL_MS, SimulatedPolls, WORKGROUP } from "./simulated-polls.ts";

describe("a session that vanishes and comes back", () => {
  const story = fc.record({
    awayPolls: fc.integer({ min: 1, max: 8 }),
    isDenied: fc.boolean(),
    state: fc.constantFrom(...ACTIVE),
    endsAs: fc.constantFrom<"TERMINATED" | "FAILED">("TERMINATED", "FAILED"),
  });

  test("lives again, and its end is counted once", () => {
    const property = fc.property(unknowns, story, (settings, { awayPolls, isDenied, state, endsAs }) => {
      const denials = isDenied ? [{ operation: "GetSessionStatus" }] : [];
      const { fleet, polls } = calm({ ...settings, denials }, { sessions: started(5, [state]), history: 20 });
      polls.poll();
      fleet.vanishSession(PLACE, "session 0", polls.nowMs);
      totalCalls(polls, awayPolls);
      const isGivenUp = !polls.tracker.living.has("session 0");
      expect(isGivenUp).toBe(awayPolls >= (isDenied ? 3 : 2));

      fleet.restoreSession(PLACE, "session 0", polls.nowMs);
      totalCalls(polls, 1);
      expect(polls.tracker.living.get("session 0")?.state).toBe(state);
      expect(polls.tracker.counters.started).toBe(0);

      fleet.moveSession(PLACE, "session 0", endsAs, polls.nowMs);
      totalCalls(polls, 3);
      const { ended } = polls.tracker.counters;
      expect(ended.TERMINATED + ended.FAILED + ended.UNKNOWN).toBe(1);
      expect(ended.UNKNOWN).toBe(isGivenUp ? 1 : 0);
      expect(polls.tracker.living.size).toBe(4);
    });
    fc.assert(property, { numRuns: 60 });
  });
});

describe("without permission to look single sessions up", () => {
  test("every state stays right, it is said once, and it is not tried at every poll", () => {
    const property = fc.property(
      unknowns,
      fc.constantFrom(...LIVING, "TERMINATED", "FAILED"),
      (settings, state) => {
        const denials = [{ operation: "GetSessionStatus" }];
        const { fleet, polls } = calm(
          { ...settings, denials },
          { sessions: started(8, ACTIVE), history: 50 },
        );
        polls.poll();
        let said = 0;
        for (let index = 0; index < 20; index++) {
          polls.waitMs(INTERVAL_MS);
          if (index < 8) fleet.moveSession(PLACE, `session ${index}`, state, polls.nowMs);
          if (polls.poll().findings.lookupsDenied) said += 1;
          const [truth] = fleet.truth(polls.nowMs);
          const told = new Map([...polls.tracker.living].map(([id, { state }]) => [id, state]));
          expect(told).toEqual(new Map(truth?.active.map(({ id, state }) => [id, state])));
        }
        expect(said).toBeLessThanOrEqual(1);
        expect(polls.tracker.counters.ended.UNKNOWN).toBe(0);
      },
    );
    fc.assert(property, { numRuns: 40 });
  });
});

test("a session that is born and dead between two polls is counted within one round of reconciling listings", () => {
  const property = fc.property(
    unknowns,
    fc.constantFrom<"TERMINATED" | "FAILED">("TERMINATED", "FAILED"),
    fc.nat({ max: 30 }),
    (settings, state, afterPolls) => {
      const { fleet, polls } = calm(settings);
      polls.poll();
      totalCalls(polls, afterPolls);
      const startMs = polls.nowMs + INTERVAL_MS / 3;
      fleet.addSession(PLACE, { state, startMs, atMs: startMs + INTERVAL_MS / 3 });
      totalCalls(polls, 24);
      const { started, ended } = polls.tracker.counters;
      expect({ started, ended: ended[state] }).toEqual({ started: 1, ended: 1 });
    },
  );
  fc.assert(property, { numRuns: 30 });
});

test("the seconds that sessions lived are all counted, across polls that fail", () => {
  const property = fc.property(
    fc.nat({ max: 1_000_000 }),
    fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }),
    (seed, fails) => {
      const behaviour = { ...QUIET, arrivalsPerHour: 30, creatingMs: { min: 120_000, max: 240_000 } };
      const workgroup = { name: WORKGROUP, engine: "PySpark engine version 3", behaviour };
      const fleet = new Fleet(
        [{ id: "111111111111", regions: { "eu-west-1": [workgroup] } }],
        seed,
        EPOCH_MS,
      );
      const polls = new SimulatedPolls(fleet, seed);
      polls.poll();
      for (const [index, isFailure] of fails.entries()) {
        polls.waitMs(INTERVAL_MS);
        if (isFailure && index % 2 === 0) polls.failPoll(0);
        else polls.poll();
      }
      const livedMs = polls.workgroup.sessions
        .filter(({ startMs }) => startMs <= polls.tracker.polledAtMs)
        .reduce(
          (sum, { startMs, endMs = Infinity }) => sum + Math.min(endMs, polls.tracker.polledAtMs) - startMs,
          0,
        );
      const counted = Object.values(polls.tracker.counters.sessionSeconds).reduce(
        (sum, value) => sum + value,
        0,
      );
      expect(counted).toBeCloseTo(livedMs / 1000, 3);
    },
  );
  fc.assert(property, { numRuns: 40 });
});
