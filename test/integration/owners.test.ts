import { expect, test } from "vitest";
import type { OwnersConfig } from "../../src/config/config.ts";
import { identityOf } from "../../src/simulator/identity.ts";
import type { SessionOptions } from "../../src/simulator/workgroup.ts";
import { configOf } from "../app/config.ts";
import { ACCOUNT_ID, SPARK, startWorld, type World, type WorldOptions } from "./world.ts";

const ETL = { workgroup: "etl" } as const;
const HOUR_MS = 3_600_000;
const ANA = identityOf("assumed-role/AWSReservedSSO_Data_0123456789abcdef/ana@example.com", ACCOUNT_ID);
const EMRE = identityOf("user/emre", ACCOUNT_ID);
const OWNERS: OwnersConfig = {
  startedBy: "session-name",
  delayMs: 500,
  minRetryMs: 50,
  requestIntervalMs: 20,
};
/** CloudTrail's own limits are for the rate that the exporter really has. */
const SETTINGS = { eventDelayMs: 200, lookupThrottle: undefined };

function idle(id: string, ageMs: number, startedBy = ANA): SessionOptions {
  return { id, state: "IDLE", atMs: Date.now() - ageMs, startedBy };
}

async function startOwners(
  sessions: readonly SessionOptions[],
  owners: OwnersConfig | "off" = OWNERS,
  settings: WorldOptions["settings"] = {},
): Promise<World> {
  const world = await startWorld({
    workgroups: [{ name: "etl", engine: SPARK, sessions }],
    settings: { ...SETTINGS, ...settings },
    sessions: owners === "off" ? {} : { owners },
  });
  await world.until("the first poll", () => world.hasPolled("etl"));
  return world;
}

const withoutOwner = (world: World) => world.view("etl").snapshot?.withoutOwner;

function startedBy(world: World): Record<string, string | undefined> {
  const rows = world.view("etl").snapshot?.rows ?? [];
  return Object.fromEntries(rows.map((row) => [row.id, row.startedBy?.name]));
}

const infoLines = (world: World) =>
  world.boardLines().filter((line) => line.startsWith("athena_session_info{"));

test("each session gets its owner, old ones and those that start later, among other services' events", async () => {
  const world = await startOwners([idle("old", 20 * 24 * HOUR_MS), idle("today", HOUR_MS, EMRE)], OWNERS, {
    otherEventsPerHour: 600,
    duplicateEventShare: 0.5,
  });
  await world.until("owners are known", () => withoutOwner(world) === 0);
  world.simulator.fleet.addSession(ETL, idle("new", 0, EMRE));
  await world.until("it is polled", () => withoutOwner(world) === 1);
  await world.until("its owner is known", () => withoutOwner(world) === 0);
  expect(startedBy(world)).toEqual({ old: "ana@example.com", today: "emre", new: "emre" });
  expect(infoLines(world).filter((line) => line.includes('started_by="emre"'))).toHaveLength(2);
  const samples = await world.samples();
  const account = `aws_account_id="${ACCOUNT_ID}",aws_region="eu-west-1"`;
  expect(samples.get(`athena_sessions_without_owner{${account},workgroup="etl"}`)).toBe(0);
  const requests = samples.get(`athena_exporter_api_requests_total{${account},operation="LookupEvents"}`);
  const attempts = world.attempts.filter(({ operation }) => operation === "LookupEvents");
  expect(requests).toBe(attempts.length);
  expect(requests).toBeGreaterThan(1);
});

test("a session that somebody ended is told apart from one that its idle timeout ended", async () => {
  const world = await startOwners([idle("stopped", HOUR_MS), idle("forgotten", HOUR_MS)]);
  await world.until("owners are known", () => withoutOwner(world) === 0);
  const workgroup = world.simulator.fleet.workgroup(ETL);
  const stopped = workgroup.find("stopped");
  if (stopped === undefined) throw new Error("there is no session to stop");
  workgroup.terminate(stopped, Date.now() - 60_000, EMRE);
  world.simulator.fleet.moveSession(ETL, "forgotten", "TERMINATED", Date.now());
  await world.until("both ends are told", () => world.events.length === 2);
  const told = world.events.map(({ event, callers }) => [event.kind, event.session.id, callers]);
  const ana = { name: "ana@example.com", arn: ANA.arn };
  expect(told).toEqual([
    ["ended", "stopped", { startedBy: ana, endedBy: { name: "emre", arn: EMRE.arn }, isLate: true }],
    ["ended", "forgotten", { startedBy: ana, endedBy: "idle_timeout", isLate: true }],
  ]);
  expect(world.view("etl").counters.ended.TERMINATED).toBe(2);
});

test("an end is told at once where CloudTrail explains nothing, and at the latest when the exporter stops", async () => {
  const world = await startOwners([idle("failed", HOUR_MS), idle("ended", HOUR_MS)], {
    ...OWNERS,
    delayMs: HOUR_MS,
  });
  world.simulator.fleet.moveSession(ETL, "failed", "FAILED", Date.now());
  world.simulator.fleet.moveSession(ETL, "ended", "TERMINATED", Date.now());
  await world.until(
    "both ends are seen",
    () => withoutOwner(world) === 0 && startedBy(world)["ended"] === undefined,
  );
  await world.until("the failure is told", () => world.events.length === 1);
  world.close();
  expect(world.events.map(({ event, callers }) => [event.session.id, callers.endedBy])).toEqual([
    ["failed", undefined],
    ["ended", undefined],
  ]);
});

test("without the permission, polls go on, and the failure is counted", async () => {
  const world = await startOwners([idle("a", HOUR_MS)], OWNERS, { denials: [{ operation: "LookupEvents" }] });
  await world.until("a lookup fails", () => world.ownerLookups.length > 0);
  expect(world.ownerLookups[0]).toMatchObject({ reason: "access_denied", operation: "LookupEvents" });
  await world.nextPolls("etl", 3);
  expect(world.view("etl")).toMatchObject({ up: true, snapshot: { withoutOwner: 1 } });
  expect(infoLines(world)).toEqual([expect.stringContaining('started_by=""')]);
  const samples = [...(await world.samples())].filter(([name]) => name.includes("access_denied"));
  expect(samples.map(([name, value]) => [/operation="(\w+)"/.exec(name)?.[1], value])).toContainEqual([
    "LookupEvents",
    1,
  ]);
});

test("with owners off, nothing is requested of CloudTrail, and nothing is exposed of owners", async () => {
  const world = await startOwners([idle("a", HOUR_MS)], "off");
  await world.nextPolls("etl", 3);
  expect(world.simulator.requests.count({ service: "cloudtrail" })).toBe(0);
  const names = [...(await world.samples()).keys()].join("\n");
  expect(names).not.toMatch(/owner|started_by|LookupEvents/);
});

test("a reload looks owners up, shows them in another form, and forgets them", async () => {
  const world = await startOwners([idle("a", HOUR_MS)], "off");
  await world.reload(configOf({ sessions: { owners: OWNERS } }));
  await world.until("owners are known", () => withoutOwner(world) === 0);
  expect(infoLines(world)).toEqual([expect.stringContaining('started_by="ana@example.com"')]);
  await world.reload(configOf({ sessions: { owners: { ...OWNERS, startedBy: "hash" } } }));
  expect(infoLines(world)).toEqual([expect.stringMatching(/started_by="[0-9a-f]{12}"/)]);
  await world.reload(configOf({ sessions: { owners: { ...OWNERS, startedBy: "off" } } }));
  expect(infoLines(world)).toEqual([expect.not.stringContaining("started_by")]);
  expect(withoutOwner(world)).toBe(0);
  await world.reload(configOf());
  expect(world.boardLines().join("\n")).not.toMatch(/owner|started_by/);
});
