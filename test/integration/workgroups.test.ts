import { describe, expect, test } from "vitest";
import { REGION } from "../app/config.ts";
import { SPARK, startWorld, type World } from "./world.ts";

const ETL = { workgroup: "etl" } as const;
const DISCOVERY = { include: [], exclude: [], tags: {}, tagLabels: [], intervalMs: 60 };

function idleSessions(count: number) {
  const atMs = Date.now() - 120_000;
  return Array.from({ length: count }, () => ({ state: "IDLE" as const, atMs }));
}

/** Names of the series that the board exposes now, by workgroup. */
function seriesOf(world: World, workgroup: string): string[] {
  return world
    .boardLines()
    .filter((line) => line.includes(`workgroup="${workgroup}"`))
    .map((line) => line.slice(0, line.indexOf("{")));
}

const FROM_SESSIONS = ["athena_sessions", "athena_idle_sessions", "athena_session_info", "athena_idle_dpus"];
const LASTING = [
  "athena_sessions_started_total",
  "athena_sessions_ended_total",
  "athena_workgroup_up",
  "athena_workgroup_last_success_timestamp_seconds",
];

describe("samples of the last successful poll", () => {
  test("stay while polls fail, and are withdrawn when they are too old; counters, up and the last success stay", async () => {
    const world = await startWorld({
      workgroups: [{ name: "etl", engine: SPARK, sessions: idleSessions(3) }],
      poll: { staleAfterMs: 600 },
    });
    await world.until("a good poll", () => world.polls.length > 0);
    world.simulator.faults.add({ kind: "null-body", ...ETL });
    await world.until("a failed poll", () => world.view("etl").failure !== undefined);
    expect(world.view("etl").snapshot?.sessions.IDLE).toBe(3);
    expect(seriesOf(world, "etl")).toEqual(expect.arrayContaining([...FROM_SESSIONS, ...LASTING]));

    await world.until("too old", () => world.view("etl").snapshot === undefined);
    const { lastSuccessMs } = world.view("etl");
    expect(Date.now() - lastSuccessMs).toBeGreaterThanOrEqual(600);
    const series = seriesOf(world, "etl");
    expect(series).toEqual(expect.arrayContaining(LASTING));
    expect(series.filter((name) => FROM_SESSIONS.includes(name))).toEqual([]);

    world.simulator.faults.clear();
    await world.until("a good poll", () => world.view("etl").up);
    expect(seriesOf(world, "etl")).toEqual(expect.arrayContaining([...FROM_SESSIONS, ...LASTING]));
  });
});

describe("a workgroup that is deleted", () => {
  test.each(["InvalidRequestException", "ResourceNotFoundException"] as const)(
    "loses the gauges of its sessions at once where it is configured, said by %s",
    async (unknownWorkgroupError) => {
      const world = await startWorld({
        workgroups: [
          { name: "etl", engine: SPARK, sessions: idleSessions(2) },
          { name: "notebooks", engine: SPARK },
        ],
        settings: { unknownWorkgroupError },
        configured: [{ workgroups: ["etl", "notebooks"] }],
      });
      await world.until("a good poll", () => world.pollsOf("etl").length > 0);
      world.simulator.fleet.deleteWorkgroup(ETL);
      await world.until("a failed poll", () => world.view("etl").failure !== undefined);

      expect(world.view("etl")).toMatchObject({ up: false, failure: { reason: "not_found" } });
      const series = seriesOf(world, "etl");
      expect(series).toEqual(expect.arrayContaining(LASTING));
      expect(series.filter((name) => FROM_SESSIONS.includes(name))).toEqual([]);
      await world.nextPolls("notebooks", 2);
      expect(world.view("notebooks")).toMatchObject({ up: true, pollFailures: 0 });

      world.simulator.fleet.createWorkgroup(ETL, { engine: SPARK, sessions: idleSessions(1) });
      await world.until("it recovers", () => world.view("etl").up);
      await world.nextPolls("etl", 1);
      expect(world.view("etl").snapshot?.sessions.IDLE).toBe(1);
    },
  );

  test("loses all its series where it was discovered", async () => {
    const world = await startWorld({
      workgroups: [
        { name: "etl", engine: SPARK, sessions: idleSessions(2) },
        { name: "notebooks", engine: SPARK },
      ],
    });
    await world.until("a good poll", () => world.pollsOf("etl").length > 0);
    world.simulator.fleet.deleteWorkgroup(ETL);
    await world.until("it is gone", () => world.account().workgroups === 1);
    expect(seriesOf(world, "etl")).toEqual([]);
    expect(seriesOf(world, "notebooks")).toEqual(expect.arrayContaining(LASTING));
  });
});

describe("discovery", () => {
  test("finds Spark workgroups, also new ones, and sends no ListSessions for SQL ones", async () => {
    const world = await startWorld({
      workgroups: [
        { name: "etl", engine: SPARK },
        { name: "sql", engine: "Athena engine version 3" },
      ],
      configured: [{ discovery: DISCOVERY }],
    });
    await world.until("one workgroup", () => world.polls.length > 0);
    world.simulator.fleet.createWorkgroup(
      { workgroup: "new" },
      { engine: "Apache Spark version 3.5", sessions: idleSessions(1) },
    );
    await world.until("another workgroup", () => world.pollsOf("new").length > 0);
    expect(world.view("new")).toMatchObject({ up: true, snapshot: { sessions: { IDLE: 1 } } });
    expect(world.simulator.requests.count({ operation: "ListSessions", workgroup: "sql" })).toBe(0);
  });

  test("that fails keeps the last known workgroups", async () => {
    const world = await startWorld({
      workgroups: [{ name: "etl", engine: SPARK, sessions: idleSessions(1) }],
      configured: [{ discovery: DISCOVERY }],
    });
    await world.until("a good poll", () => world.polls.length > 0);
    world.simulator.faults.add({ kind: "access-denied", operation: "ListWorkGroups" });
    await world.until("discovery fails", () => world.account().failure !== undefined);
    expect(world.account()).toMatchObject({ up: false, failure: { reason: "access_denied" }, workgroups: 1 });
    await world.nextPolls("etl", 2);
    expect(world.view("etl").up).toBe(true);
    world.simulator.faults.clear();
    await world.until("discovery is back", () => world.account().up);
  });

  test("tries ListSessions where the engine is AUTO, and only once where it is SQL", async () => {
    const world = await startWorld({
      workgroups: [
        { name: "maybe-sql", engine: "AUTO", spark: false },
        { name: "maybe-spark", engine: "AUTO", spark: true, sessions: idleSessions(1) },
      ],
      configured: [{ discovery: DISCOVERY }],
    });
    await world.until("only one is left", () => world.polls.length > 0 && world.account().workgroups === 1);
    await world.nextPolls("maybe-spark", 5);
    expect(world.view("maybe-spark")).toMatchObject({ up: true, snapshot: { sessions: { IDLE: 1 } } });
    expect(world.simulator.requests.count({ operation: "ListSessions", workgroup: "maybe-sql" })).toBe(1);
    expect(world.account().up).toBe(true);
  });

  test("works without permission to list workgroups where they are named", async () => {
    const world = await startWorld({
      workgroups: [{ name: "etl", engine: SPARK, sessions: idleSessions(1) }],
      settings: { denials: [{ operation: "ListWorkGroups" }] },
      configured: [{ workgroups: ["etl"], regions: [REGION] }],
    });
    await world.until("a good poll", () => world.polls.length > 0);
    expect(world.view("etl")).toMatchObject({ up: true, snapshot: { sessions: { IDLE: 1 } } });
    expect(world.account().up).toBe(true);
  });
});

test("a named SQL workgroup fails with its engine in the message, and with one request a poll", async () => {
  const world = await startWorld({
    workgroups: [
      { name: "etl", engine: SPARK },
      { name: "sql", engine: "Athena engine version 3" },
    ],
    configured: [{ workgroups: ["etl", "sql"] }],
  });
  await world.until("polled", () => world.pollsOf("sql").length >= 3 && world.pollsOf("etl").length >= 3);
  expect(world.view("sql")).toMatchObject({ up: false, failure: { reason: "invalid_request" } });
  expect(world.view("sql").failure?.message).toContain("Athena engine version 3");
  expect(world.view("etl").up).toBe(true);
  const { requests } = world.simulator;
  const listings = requests.count({ operation: "ListSessions", workgroup: "sql" });
  expect(listings).toBeLessThanOrEqual(world.pollsOf("sql").length + 1);
  expect(requests.count({ operation: "ListWorkGroups" })).toBeLessThanOrEqual(2);
});
