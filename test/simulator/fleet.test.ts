import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Behaviour, QUIET } from "../../src/simulator/behaviour.ts";
import { demoAccounts } from "../../src/simulator/demo-fleet.ts";
import { Fleet } from "../../src/simulator/fleet.ts";
import { ACCOUNTS } from "./accounts.ts";

const EPOCH_MS = Date.UTC(2026, 0, 1);
const HOUR_MS = 3_600_000;
const ETL = { workgroup: "etl" };
const BUSY: Behaviour = { ...QUIET, arrivalsPerHour: 40, degradeShare: 0.2 };

function generatedFleet(seed: number): Fleet {
  const workgroups = ["etl", "notebooks"].map((name) => ({ name, behaviour: BUSY, history: 20 }));
  return new Fleet([{ id: "111111111111", regions: { "eu-west-1": workgroups } }], seed, EPOCH_MS);
}

describe("a fleet with generated sessions", () => {
  test("does not depend on how often it is advanced", () => {
    const steps = fc.array(fc.integer({ min: 0, max: 6 * HOUR_MS }), { maxLength: 30 });
    fc.assert(
      fc.property(fc.integer(), steps, (seed, offsets) => {
        const stepped = generatedFleet(seed);
        for (const offset of offsets) stepped.advance(EPOCH_MS + offset);
        const atMs = EPOCH_MS + 3 * HOUR_MS;
        expect(stepped.truth(atMs, EPOCH_MS)).toEqual(generatedFleet(seed).truth(atMs, EPOCH_MS));
      }),
      { numRuns: 30 },
    );
  });

  test("does not depend on the sessions that a test adds", () => {
    const untouched = generatedFleet(7);
    const touched = generatedFleet(7);
    touched.advance(EPOCH_MS + HOUR_MS);
    touched.addSession(ETL, { state: "IDLE", atMs: EPOCH_MS, id: "mine" });
    const idsOf = (fleet: Fleet) =>
      fleet
        .truth(EPOCH_MS + 2 * HOUR_MS)
        .flatMap(({ active }) => active.map(({ id }) => id))
        .filter((id) => id !== "mine");
    expect(idsOf(touched)).toEqual(idsOf(untouched));
  });

  test("differs for another seed", () => {
    expect(generatedFleet(1).truth(EPOCH_MS + HOUR_MS)).not.toEqual(
      generatedFleet(2).truth(EPOCH_MS + HOUR_MS),
    );
  });

  test("is consistent: sessions that started are active or ended, and no time is in the future", () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 0, max: 5 * HOUR_MS }), (seed, offset) => {
        const nowMs = EPOCH_MS + offset;
        for (const { active, ended, since } of generatedFleet(seed).truth(nowMs)) {
          expect(active.length + ended.length).toBe(since.started);
          expect(ended).toHaveLength(since.terminated + since.failed);
          for (const { startMs, lastModifiedMs, idleSinceMs, state } of [...active, ...ended]) {
            expect(startMs).toBeLessThanOrEqual(lastModifiedMs);
            expect(lastModifiedMs).toBeLessThanOrEqual(nowMs);
            expect(idleSinceMs !== undefined).toBe(state === "IDLE");
          }
        }
      }),
      { numRuns: 50 },
    );
  });

  test("starts with its history of ended sessions", () => {
    const [etl] = generatedFleet(3).truth(EPOCH_MS);
    expect([etl?.active.length, etl?.ended.length]).toEqual([0, 20]);
  });
});

describe("a fleet that a test changes", () => {
  test("a session changes state at the given times, and earlier states can still be read", () => {
    const fleet = new Fleet(ACCOUNTS, 1, EPOCH_MS);
    const id = fleet.addSession(ETL, { state: "IDLE", atMs: EPOCH_MS });
    fleet.moveSession(ETL, id, "BUSY", EPOCH_MS + 1000);
    fleet.moveSession(ETL, id, "DEGRADED", EPOCH_MS + 2000, "no healthy coordinators");
    fleet.moveSession(ETL, id, "FAILED", EPOCH_MS + 3000);
    const stateAt = (atMs: number) => fleet.truth(atMs)[0]?.active[0]?.state;
    expect([0, 999, 1000, 2000, 3000].map((ms) => stateAt(EPOCH_MS + ms))).toEqual([
      "IDLE",
      "IDLE",
      "BUSY",
      "DEGRADED",
      undefined,
    ]);
    expect(fleet.truth(EPOCH_MS + 3000, EPOCH_MS)[0]?.since).toEqual({
      started: 0,
      terminated: 0,
      failed: 1,
      degraded: 1,
    });
  });

  test("a vanished session is neither active nor ended", () => {
    const fleet = new Fleet(ACCOUNTS, 1, EPOCH_MS);
    const id = fleet.addSession(ETL, { state: "IDLE", atMs: EPOCH_MS });
    fleet.vanishSession(ETL, id, EPOCH_MS + 10);
    fleet.restoreSession(ETL, id, EPOCH_MS + 20);
    const counts = [5, 15, 25].map((ms) => {
      const [truth] = fleet.truth(EPOCH_MS + ms);
      return [truth?.active.length, truth?.vanished.length];
    });
    expect(counts).toEqual([
      [1, 0],
      [0, 1],
      [1, 0],
    ]);
  });

  test("workgroups are created and deleted and change their engine", () => {
    const fleet = new Fleet(ACCOUNTS, 1, EPOCH_MS);
    const names = () => fleet.truth(EPOCH_MS).map(({ workgroup, spark }) => [workgroup, spark]);
    fleet.deleteWorkgroup({ workgroup: "sql" });
    fleet.createWorkgroup({ workgroup: "new" }, {}, EPOCH_MS);
    fleet.setEngine(ETL, "Athena engine version 3");
    expect(names().slice(0, 3)).toEqual([
      ["etl", false],
      ["notebooks", true],
      ["new", true],
    ]);
  });

  test.each([
    [(fleet: Fleet) => fleet.workgroup({ workgroup: "nowhere" }), /no workgroup nowhere/],
    [(fleet: Fleet) => fleet.createWorkgroup(ETL), /already has a workgroup etl/],
    [(fleet: Fleet) => fleet.createWorkgroup({ ...ETL, region: "mars" }), /no region mars/],
    [(fleet: Fleet) => fleet.moveSession(ETL, "nobody", "IDLE", 0), /no session nobody/],
  ])("an impossible change throws an error that names it: %#", (mistake, words) => {
    expect(() => mistake(new Fleet(ACCOUNTS, 1, EPOCH_MS))).toThrow(words);
  });
});

test.each([1, 2, 3, 4, 5])("the demo with seed %i shows every state and event within a minute", (seed) => {
  const fleet = new Fleet(demoAccounts(EPOCH_MS), seed, EPOCH_MS);
  const seen = new Set<string>();
  for (let second = 0; second <= 60; second++) {
    for (const { active } of fleet.truth(EPOCH_MS + second * 1000))
      for (const { state } of active) seen.add(state);
  }
  const happened = fleet.truth(EPOCH_MS + 60_000, EPOCH_MS).map(({ since }) => since);
  const total = (what: "started" | "terminated" | "failed" | "degraded") =>
    happened.reduce((sum, since) => sum + since[what], 0);
  expect([...seen].toSorted()).toEqual(["BUSY", "CREATED", "CREATING", "DEGRADED", "IDLE", "TERMINATING"]);
  expect(
    [total("started"), total("terminated"), total("failed"), total("degraded")].every((n) => n > 0),
  ).toBe(true);
});

test("the demo starts with sessions that are idle for hours, one that is degraded and one that is stuck", () => {
  const active = new Fleet(demoAccounts(EPOCH_MS), 1, EPOCH_MS)
    .truth(EPOCH_MS)
    .flatMap(({ active }) => active);
  const olderThan = (minutes: number, state: string) =>
    active.filter(
      (session) => session.state === state && EPOCH_MS - session.lastModifiedMs > minutes * 60_000,
    );
  expect([
    olderThan(60, "IDLE").length,
    olderThan(30, "DEGRADED").length,
    olderThan(30, "CREATING").length,
  ]).toEqual([3, 1, 1]);
});
