import { describe, expect, test } from "vitest";
import { REGION } from "../app/config.ts";
import { ACCOUNT_ID, SPARK, startWorld, type World, type WorldOptions } from "./world.ts";

const ETL = { workgroup: "etl" } as const;

function idleSessions(count: number, workgroup = "etl") {
  const atMs = Date.now() - 300_000;
  return Array.from({ length: count }, (_, index) => ({
    id: `session ${index} of ${workgroup}`,
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

describe("requests of polls", () => {
  test("at most 8 in the first two polls with thousands of ended sessions, then about one a poll", async () => {
    const world = await etlWith(30, { history: 5000, poll: { intervalMs: 20 } });
    const [first, second, ...others] = await world.nextPolls("etl", 24).then(() => world.pollsOf("etl"));
    const firstCalls = (first?.requests ?? 0) + (second?.requests ?? 0);
    expect(firstCalls).toBeLessThanOrEqual(8);
    const calls = others.reduce((sum, poll) => sum + poll.requests, 0);
    expect(calls / others.length).toBeLessThanOrEqual(1.2);
    expect(sessionCalls(world)).toBe(calls + firstCalls);
  });

  test("about one for each session that ends", async () => {
    const world = await etlWith(20);
    const before = { polls: world.pollsOf("etl").length, calls: sessionCalls(world) };
    for (let index = 0; index < 10; index++) {
      world.simulator.fleet.moveSession(ETL, `session ${index} of etl`, "TERMINATED", Date.now());
      await world.until("it is counted", () => world.view("etl").counters.ended.TERMINATED === index + 1);
    }
    const polls = world.pollsOf("etl").length - before.polls;
    expect(sessionCalls(world) - before.calls).toBeLessThanOrEqual(1.2 * polls + 2 + 10);
  });
});

describe("hundreds of sessions at once", () => {
  test("that end are counted once each, in a few polls and requests", async () => {
    const world = await etlWith(400);
    expect(world.view("etl").snapshot?.sessions.IDLE).toBe(400);
    const callsBefore = sessionCalls(world);
    const nowMs = Date.now();
    for (let index = 0; index < 400; index++) {
      world.simulator.fleet.moveSession(
        ETL,
        `session ${index} of etl`,
        index % 2 ? "TERMINATED" : "FAILED",
        nowMs,
      );
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
      for (let index = 0; index < 120; index++)
        fleet.vanishSession(ETL, `session ${index} of etl`, Date.now());
      await world.until("none lives", () => world.view("etl").snapshot?.rows.length === 0);
      const { counters, pollFailures } = world.view("etl");
      expect(counters.ended).toEqual({ TERMINATED: 0, FAILED: 0, UNKNOWN: 120 });
      expect(pollFailures).toBe(0);

      fleet.restoreSession(ETL, "session 7 of etl", Date.now());
      await world.until("it recovers", () => world.view("etl").snapshot?.sessions.IDLE === 1);
      fleet.moveSession(ETL, "session 7 of etl", "FAILED", Date.now());
      await world.until("it has ended", () => world.view("etl").snapshot?.rows.length === 0);
      expect(world.view("etl").counters).toMatchObject({
        started: 0,
        ended: { TERMINATED: 0, FAILED: 0, UNKNOWN: 120 },
      });
    },
  );
});

test("a session that starts and ends between two polls is found by a reconciliation listing", async () => {
  const world = await etlWith(1);
  // Within the same turn of the event loop, so that no poll can come between.
  const nowMs = Date.now();
  world.simulator.fleet.addSession(ETL, { state: "FAILED", startMs: nowMs - 1, atMs: nowMs });
  await world.until("it is counted", () => world.view("etl").counters.ended.FAILED === 1);
  expect(world.view("etl").counters).toMatchObject({ started: 1, ended: { TERMINATED: 0, UNKNOWN: 0 } });
});

describe("without permission for GetSessionStatus", () => {
  /** Two workgroups with two idle sessions each; an operator has yet to grant GetSessionStatus for the first. */
  async function startDenied(): Promise<World> {
    const world = await startWorld({
      workgroups: ["etl", "notebooks"].map((name) => ({
        name,
        engine: SPARK,
        sessions: idleSessions(2, name),
      })),
      settings: { denials: [{ operation: "GetSessionStatus", workgroup: "etl" }] },
    });
    await world.until("both polled", () => world.manager.board.isReady());
    // The second polls list ended sessions, so that they look none up.
    for (const workgroup of ["etl", "notebooks"]) await world.nextPolls(workgroup, 2);
    return world;
  }

  test("polls succeed while they look no session up", async () => {
    const world = await startDenied();
    world.simulator.fleet.moveSession(ETL, "session 1 of etl", "BUSY", Date.now());
    await world.until("it is seen", () => world.view("etl").snapshot?.sessions.BUSY === 1);
    expect(world.view("etl")).toMatchObject({ up: true, pollFailures: 0 });
    expect(world.simulator.requests.count({ operation: "GetSessionStatus" })).toBe(0);
  });

  test("a poll that has to look one up fails and names the operation, and no other workgroup is disturbed", async () => {
    const world = await startDenied();
    const { fleet, settings } = world.simulator;
    const nowMs = Date.now();
    for (const workgroup of ["etl", "notebooks"]) {
      fleet.moveSession({ workgroup }, `session 1 of ${workgroup}`, "FAILED", nowMs);
    }
    await world.until("a failed poll", () => world.view("etl").failure !== undefined);
    await world.until(
      "counted where it is permitted",
      () => world.view("notebooks").counters.ended.FAILED === 1,
    );
    await world.nextPolls("etl", 2);
    expect(world.view("etl")).toMatchObject({
      up: false,
      failure: { reason: "access_denied", operation: "GetSessionStatus" },
      snapshot: { sessions: { IDLE: 2 } },
      counters: { ended: { FAILED: 0 } },
    });
    const labels = `aws_account_id="${ACCOUNT_ID}",aws_region="${REGION}",workgroup="etl"`;
    const samples = await world.samples();
    expect(samples.get(`athena_workgroup_up{${labels}}`)).toBe(0);
    expect(samples.get(`athena_workgroup_failing{${labels},reason="access_denied"}`)).toBe(1);
    expect(world.view("notebooks")).toMatchObject({ up: true, pollFailures: 0 });

    settings.denials = [];
    await world.until("it is counted", () => world.view("etl").counters.ended.FAILED === 1);
    expect(world.view("etl")).toMatchObject({ up: true, snapshot: { sessions: { IDLE: 1 } } });
  });
});
