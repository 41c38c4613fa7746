import { describe, expect, test } from "vitest";
import type { SimulatorSettings } from "../../src/simulator/settings.ts";
import { SPARK, startWorld, type World, type WorldOptions } from "./world.ts";

const ETL = { workgroup: "etl" } as const;

function idleSessions(count: number) {
  const atMs = Date.now() - 300_000;
  return Array.from({ length: count }, (_, index) => ({
    id: `session ${index}`,
    state: "IDLE" as const,
    atMs: atMs - index,
  }));
}

async function etlWith(count: number, options: WorldOptions & { history?: number } = {}): Promise<World> {
  const { history = 0, ...rest } = options;
  const world = await startWorld({
    workgroups: [{ name: "etl", engine: SPARK, sessions: idleSessions(count), history }],
    ...rest,
  });
  await world.until("the first poll", () => world.pollsOf("etl").length > 0);
  return world;
}

function sessionCalls({ simulator: { requests } }: World): number {
  return requests.count({ operation: "ListSessions" }) + requests.count({ operation: "GetSessionStatus" });
}

describe("what polls ask of Athena", () => {
  test("at most 8 calls at the start with thousands of ended sessions, and about one a poll after it", async () => {
    const world = await etlWith(30, { history: 5000, poll: { intervalMs: 20 } });
    const [first, ...others] = await world.nextPolls("etl", 24).then(() => world.pollsOf("etl"));
    expect(first?.calls).toBeLessThanOrEqual(8);
    const calls = others.reduce((sum, poll) => sum + poll.calls, 0);
    expect(calls / others.length).toBeLessThanOrEqual(1.2);
    expect(sessionCalls(world)).toBe(calls + (first?.calls ?? 0));
  });

  test("about one call for each end", async () => {
    const world = await etlWith(20);
    const before = { polls: world.pollsOf("etl").length, calls: sessionCalls(world) };
    for (let index = 0; index < 10; index++) {
      world.simulator.fleet.moveSession(ETL, `session ${index}`, "TERMINATED", Date.now());
      await world.until("it is counted", () => world.view("etl").counters.ended.TERMINATED === index + 1);
    }
    const polls = world.pollsOf("etl").length - before.polls;
    expect(sessionCalls(world) - before.calls).toBeLessThanOrEqual(1.2 * polls + 2 + 10);
  });
});

describe("hundreds of sessions at once", () => {
  test("that end are counted once each, in a few polls and calls", async () => {
    const world = await etlWith(400);
    expect(world.view("etl").snapshot?.sessions.IDLE).toBe(400);
    const callsBefore = sessionCalls(world);
    const nowMs = Date.now();
    for (let index = 0; index < 400; index++) {
      world.simulator.fleet.moveSession(ETL, `session ${index}`, index % 2 ? "TERMINATED" : "FAILED", nowMs);
    }
    await world.until("none lives", () => world.view("etl").snapshot?.rows.length === 0);
    expect(sessionCalls(world) - callsBefore).toBeLessThan(40);
    await world.nextPolls("etl", 3);
    expect(world.view("etl")).toMatchObject({
      counters: { ended: { TERMINATED: 200, FAILED: 200, UNKNOWN: 0 } },
      snapshot: { recentlyEnded: { TERMINATED: 200, FAILED: 200 } },
      pollFailures: 0,
    });
  });

  test.each(["InvalidRequestException", "ResourceNotFoundException"] as const)(
    "of which Athena tells nothing more (%s) count as UNKNOWN, and those that come back live again",
    async (unknownSessionError) => {
      const world = await etlWith(120, { settings: { unknownSessionError }, poll: { intervalMs: 20 } });
      const { fleet } = world.simulator;
      for (let index = 0; index < 120; index++) fleet.vanishSession(ETL, `session ${index}`, Date.now());
      await world.until("none lives", () => world.view("etl").snapshot?.rows.length === 0);
      const { counters, pollFailures } = world.view("etl");
      expect(counters.ended).toEqual({ TERMINATED: 0, FAILED: 0, UNKNOWN: 120 });
      expect(pollFailures).toBe(0);

      fleet.restoreSession(ETL, "session 7", Date.now());
      await world.until("it is back", () => world.view("etl").snapshot?.sessions.IDLE === 1);
      fleet.moveSession(ETL, "session 7", "FAILED", Date.now());
      await world.until("it has ended", () => world.view("etl").snapshot?.rows.length === 0);
      expect(world.view("etl").counters).toMatchObject({
        started: 0,
        ended: { TERMINATED: 0, FAILED: 0, UNKNOWN: 120 },
      });
    },
  );
});

test("a session that is born and dead between two polls is found by a reconciling listing", async () => {
  const world = await etlWith(1);
  // Within the same turn of the event loop, so that no poll can come between.
  const nowMs = Date.now();
  world.simulator.fleet.addSession(ETL, { state: "FAILED", startMs: nowMs - 1, atMs: nowMs });
  await world.until("it is counted", () => world.view("etl").counters.ended.FAILED === 1);
  expect(world.view("etl").counters).toMatchObject({ started: 1, ended: { TERMINATED: 0, UNKNOWN: 0 } });
});

describe("without permission for GetSessionStatus", () => {
  const settings: Partial<SimulatorSettings> = {
    denials: [{ operation: "GetSessionStatus" }],
    listsDegraded: false,
    listsTerminating: false,
  };

  test("every state is found by listings, and it is said once", async () => {
    const world = await etlWith(6, { settings });
    const { fleet } = world.simulator;
    const nowMs = Date.now();
    const states = ["DEGRADED", "TERMINATING", "TERMINATED", "FAILED", "BUSY"] as const;
    for (const [index, state] of states.entries()) fleet.moveSession(ETL, `session ${index}`, state, nowMs);
    await world.nextPolls("etl", 12);
    expect(world.view("etl")).toMatchObject({
      up: true,
      pollFailures: 0,
      snapshot: { sessions: { IDLE: 1, BUSY: 1, DEGRADED: 1, TERMINATING: 1 } },
      counters: { degraded: 1, ended: { TERMINATED: 1, FAILED: 1, UNKNOWN: 0 } },
    });
    const said = world
      .pollsOf("etl")
      .filter(({ outcome }) => "findings" in outcome && outcome.findings.lookupsDenied);
    expect(said.length).toBeLessThanOrEqual(1);
    expect(world.simulator.requests.count({ operation: "GetSessionStatus" })).toBe(said.length);
  });

  test("one that ends alone is looked up once, refused, and found by a listing in the same poll", async () => {
    const world = await etlWith(3, { settings });
    world.simulator.fleet.moveSession(ETL, "session 1", "FAILED", Date.now());
    await world.until("it is counted", () => world.view("etl").counters.ended.FAILED === 1);
    world.simulator.fleet.moveSession(ETL, "session 2", "TERMINATED", Date.now());
    await world.until("so is the next", () => world.view("etl").counters.ended.TERMINATED === 1);
    const said = world
      .pollsOf("etl")
      .filter(({ outcome }) => "findings" in outcome && outcome.findings.lookupsDenied);
    expect(said).toHaveLength(1);
    expect(world.simulator.requests.count({ operation: "GetSessionStatus" })).toBe(1);
    expect(world.view("etl").pollFailures).toBe(0);
  });
});
