import { type AthenaClient, ListSessionsCommand, ListWorkGroupsCommand } from "@aws-sdk/client-athena";
import { expect, test } from "vitest";
import type { Simulator } from "../../src/simulator/simulator.ts";
import { athena, simulate } from "./harness.ts";

const NOW_MS = Date.now();
const ETL = { workgroup: "etl" };

function addIdle(simulator: Simulator, count: number): readonly string[] {
  const ages = Array.from({ length: count }, (_, index) => index);
  return ages.map((age) =>
    simulator.fleet.addSession(ETL, { state: "IDLE", atMs: NOW_MS - 1000 - age * 1000 }),
  );
}

async function listAll(
  client: AthenaClient,
  betweenPages = () => {},
): Promise<readonly (readonly string[])[]> {
  const pages: string[][] = [];
  let token: string | undefined;
  do {
    const response = await client.send(new ListSessionsCommand({ WorkGroup: "etl", NextToken: token }));
    pages.push((response.Sessions ?? []).map(({ SessionId = "" }) => SessionId));
    token = response.NextToken;
    betweenPages();
  } while (token !== undefined && pages.length < 50);
  return pages;
}

test("pages respect MaxResults and the settings, and together contain every session", async () => {
  const simulator = await simulate({ settings: { pageSize: 4 } });
  const ids = addIdle(simulator, 10);
  const pages = await listAll(athena(simulator));
  expect(pages.map(({ length }) => length)).toEqual([4, 4, 2]);
  expect(pages.flat()).toEqual(ids);
  const short = await athena(simulator).send(new ListSessionsCommand({ WorkGroup: "etl", MaxResults: 3 }));
  expect(short.Sessions).toHaveLength(3);
});

test("a listing neither skips nor repeats a session while others start and end", async () => {
  const simulator = await simulate({ settings: { pageSize: 3 } });
  const ids = addIdle(simulator, 9);
  let moved = 0;
  const pages = await listAll(athena(simulator), () => {
    simulator.fleet.addSession(ETL, { state: "IDLE", atMs: NOW_MS - 1 });
    simulator.fleet.moveSession(ETL, ids[moved++] ?? "", "TERMINATED", NOW_MS - 1);
  });
  expect(pages.flat()).toEqual(ids);
});

test("a token is valid only for the request it was issued for", async () => {
  const simulator = await simulate({ settings: { pageSize: 1 } });
  const client = athena(simulator);
  addIdle(simulator, 3);
  const { NextToken } = await client.send(new ListSessionsCommand({ WorkGroup: "etl" }));
  const others = [
    new ListSessionsCommand({ WorkGroup: "notebooks", NextToken }),
    new ListSessionsCommand({ WorkGroup: "etl", StateFilter: "IDLE", NextToken }),
    new ListSessionsCommand({ WorkGroup: "etl", NextToken: `${NextToken}x` }),
  ];
  for (const other of others) {
    await expect(client.send(other)).rejects.toThrow(
      expect.objectContaining({ name: "InvalidRequestException" }),
    );
  }
  await expect(client.send(new ListWorkGroupsCommand({ NextToken }))).rejects.toThrow(/NextToken/);
  await expect(client.send(new ListSessionsCommand({ WorkGroup: "etl", NextToken }))).resolves.toBeDefined();
});

test("workgroups are listed in pages, with their engines", async () => {
  const simulator = await simulate();
  const client = athena(simulator);
  simulator.fleet.createWorkgroup({ workgroup: "auto" }, { engine: "AUTO", spark: true });
  const first = await client.send(new ListWorkGroupsCommand({ MaxResults: 3 }));
  expect(
    first.WorkGroups?.map(({ Name, EngineVersion }) => [Name, EngineVersion?.EffectiveEngineVersion]),
  ).toEqual([
    ["auto", undefined],
    ["etl", "PySpark engine version 3"],
    ["notebooks", "Apache Spark version 3.5"],
  ]);
  const second = await client.send(new ListWorkGroupsCommand({ NextToken: first.NextToken }));
  expect(second.WorkGroups?.map(({ Name }) => Name)).toEqual(["sql"]);
  expect(second.NextToken).toBeUndefined();
});

test("an empty page with a token is followed by a page with sessions", async () => {
  const simulator = await simulate({ settings: { pageSize: 2, emptyPageShare: 1 } });
  const ids = addIdle(simulator, 4);
  const pages = await listAll(athena(simulator));
  expect(pages.map(({ length }) => length)).toEqual([0, 2, 0, 2]);
  expect(pages.flat()).toEqual(ids);
});

test("with a lag, listings show the past", async () => {
  const simulator = await simulate({ settings: { lagMs: 60_000 } });
  const old = simulator.fleet.addSession(ETL, { state: "IDLE", atMs: NOW_MS - 90_000 });
  simulator.fleet.moveSession(ETL, old, "TERMINATED", NOW_MS - 30_000);
  simulator.fleet.addSession(ETL, { state: "IDLE", atMs: NOW_MS - 30_000 });
  const { Sessions } = await athena(simulator).send(new ListSessionsCommand({ WorkGroup: "etl" }));
  expect(Sessions?.map(({ SessionId, Status }) => [SessionId, Status?.State])).toEqual([[old, "IDLE"]]);
  const [truth] = simulator.fleet.truth(Date.now());
  expect(truth?.ended.map(({ id }) => id)).toEqual([old]);
});

test("with a drop share, each listing omits other sessions", async () => {
  const simulator = await simulate({ settings: { dropShare: 0.3 } });
  const ids = addIdle(simulator, 50);
  const client = athena(simulator);
  const first = (await listAll(client)).flat();
  const second = (await listAll(client)).flat();
  expect(first.length).toBeGreaterThan(20);
  expect(first.length).toBeLessThan(ids.length);
  expect(second).not.toEqual(first);
});

test("ended sessions are listed until the retention is over", async () => {
  const simulator = await simulate({ settings: { retentionMs: 60_000 } });
  simulator.fleet.addSession(ETL, { state: "TERMINATED", atMs: NOW_MS - 120_000 });
  const kept = simulator.fleet.addSession(ETL, { state: "TERMINATED", atMs: NOW_MS - 10_000 });
  const command = new ListSessionsCommand({ WorkGroup: "etl", StateFilter: "TERMINATED" });
  const { Sessions } = await athena(simulator).send(command);
  expect(Sessions?.map(({ SessionId }) => SessionId)).toEqual([kept]);
});
