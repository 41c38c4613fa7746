import {
  GetSessionCommand,
  GetSessionStatusCommand,
  ListCalculationExecutionsCommand,
  ListSessionsCommand,
  StartSessionCommand,
  TerminateSessionCommand,
} from "@aws-sdk/client-athena";
import { expect, test } from "vitest";
import { athena, simulate } from "./harness.ts";

const NOW_MS = Date.now();

test("an unfiltered listing shows active sessions, newest start first, with their times", async () => {
  const simulator = await simulate();
  const { fleet } = simulator;
  const place = { workgroup: "etl" };
  const old = fleet.addSession(place, { state: "IDLE", atMs: NOW_MS - 60_500, startMs: NOW_MS - 90_000 });
  const young = fleet.addSession(place, { state: "BUSY", atMs: NOW_MS - 5_000, description: "dbt: fct" });
  fleet.addSession(place, { state: "TERMINATED", atMs: NOW_MS - 1_000 });
  const response = await athena(simulator).send(new ListSessionsCommand({ WorkGroup: "etl" }));
  expect(response.Sessions?.map(({ SessionId }) => SessionId)).toEqual([young, old]);
  expect(response.Sessions?.[0]?.Description).toBe("dbt: fct");
  expect(response.Sessions?.[1]?.EngineVersion?.EffectiveEngineVersion).toBe("PySpark engine version 3");
  expect(response.Sessions?.[1]?.Status).toMatchObject({
    State: "IDLE",
    StartDateTime: new Date(NOW_MS - 90_000),
    LastModifiedDateTime: new Date(NOW_MS - 60_500),
    IdleSinceDateTime: new Date(NOW_MS - 60_500),
  });
  expect(response.NextToken).toBeUndefined();
});

test("a listing with a filter shows only sessions of that state", async () => {
  const simulator = await simulate();
  const failed = simulator.fleet.addSession(
    { workgroup: "etl" },
    { state: "FAILED", atMs: NOW_MS - 1_000, reason: "out of memory" },
  );
  simulator.fleet.addSession({ workgroup: "etl" }, { state: "IDLE", atMs: NOW_MS - 1_000 });
  const response = await athena(simulator).send(
    new ListSessionsCommand({ WorkGroup: "etl", StateFilter: "FAILED" }),
  );
  expect(response.Sessions).toHaveLength(1);
  expect(response.Sessions?.[0]).toMatchObject({
    SessionId: failed,
    Status: { State: "FAILED", StateChangeReason: "out of memory", EndDateTime: new Date(NOW_MS - 1_000) },
  });
});

test.each([
  [true, ["DEGRADED", "TERMINATING"]],
  [false, []],
])(
  "whether an unfiltered listing shows DEGRADED and TERMINATING sessions is configurable: %s",
  async (lists, states) => {
    const simulator = await simulate({ settings: { listsDegraded: lists, listsTerminating: lists } });
    simulator.fleet.addSession({ workgroup: "etl" }, { state: "TERMINATING", atMs: NOW_MS - 3_000 });
    simulator.fleet.addSession({ workgroup: "etl" }, { state: "DEGRADED", atMs: NOW_MS - 2_000 });
    const response = await athena(simulator).send(new ListSessionsCommand({ WorkGroup: "etl" }));
    expect(response.Sessions?.map(({ Status }) => Status?.State)).toEqual(states);
  },
);

test("a session can be started, looked up and terminated", async () => {
  const simulator = await simulate();
  const client = athena(simulator);
  const started = await client.send(
    new StartSessionCommand({
      WorkGroup: "etl",
      Description: "mine",
      EngineConfiguration: { MaxConcurrentDpus: 20 },
      SessionIdleTimeoutInMinutes: 30,
    }),
  );
  expect(started.State).toBe("CREATING");
  const id = { SessionId: started.SessionId };
  expect(await client.send(new GetSessionCommand(id))).toMatchObject({
    Description: "mine",
    WorkGroup: "etl",
    EngineConfiguration: { CoordinatorDpuSize: 1, MaxConcurrentDpus: 20 },
    SessionConfiguration: { IdleTimeoutSeconds: 1800 },
    Status: { State: "CREATING" },
  });
  expect((await client.send(new TerminateSessionCommand(id))).State).toBe("TERMINATING");
  const { Status } = await client.send(new GetSessionStatusCommand(id));
  expect(Status).toMatchObject({
    State: "TERMINATING",
    StateChangeReason: "Session was terminated per request",
  });
});

test("a vanished session is neither listed nor found until it is restored", async () => {
  const simulator = await simulate();
  const client = athena(simulator);
  const place = { workgroup: "etl" };
  const id = simulator.fleet.addSession(place, { state: "IDLE", atMs: NOW_MS - 1_000 });
  simulator.fleet.vanishSession(place, id, NOW_MS - 500);
  expect((await client.send(new ListSessionsCommand({ WorkGroup: "etl" }))).Sessions).toEqual([]);
  await expect(client.send(new GetSessionStatusCommand({ SessionId: id }))).rejects.toThrow(
    expect.objectContaining({ name: "ResourceNotFoundException" }),
  );
  simulator.fleet.restoreSession(place, id, NOW_MS);
  expect((await client.send(new ListSessionsCommand({ WorkGroup: "etl" }))).Sessions).toHaveLength(1);
});

test("the calculations of a session are its BUSY times, newest first", async () => {
  const simulator = await simulate();
  const SessionId = simulator.fleet.addSession(
    { workgroup: "etl" },
    { state: "BUSY", atMs: NOW_MS - 60_000, startMs: NOW_MS - 90_000 },
  );
  const list = async (input: object) => {
    const { Calculations } = await athena(simulator).send(
      new ListCalculationExecutionsCommand({ SessionId, ...input }),
    );
    return Calculations?.map(({ Status }) => [Status?.State, Status?.SubmissionDateTime]);
  };
  const running = [["RUNNING", new Date(NOW_MS - 60_000)]];
  expect(await list({ MaxResults: 5 })).toEqual(running);
  expect(await list({ StateFilter: "RUNNING" })).toEqual(running);
  expect(await list({ StateFilter: "FAILED" })).toEqual([]);
  simulator.fleet.moveSession({ workgroup: "etl" }, SessionId, "IDLE", NOW_MS - 1_000);
  expect(await list({})).toEqual([["COMPLETED", new Date(NOW_MS - 60_000)]]);
});
