import { connect } from "node:net";
import { setImmediate } from "node:timers/promises";
import {
  GetSessionStatusCommand,
  GetWorkGroupCommand,
  ListSessionsCommand,
  ListTagsForResourceCommand,
  ListWorkGroupsCommand,
  StartSessionCommand,
} from "@aws-sdk/client-athena";
import { AssumeRoleCommand, GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { describe, expect, test } from "vitest";
import { systemClock } from "../../src/clock.ts";
import { ACCOUNT_ID, OTHER_ACCOUNT_ID, REGION } from "./accounts.ts";
import { athena, simulate, sts } from "./harness.ts";

const LIST_ETL = new ListSessionsCommand({ WorkGroup: "etl" });

function errorNamed(name: string) {
  return expect.objectContaining({ name }) as Error;
}

test("GetWorkGroup returns the engine", async () => {
  const simulator = await simulate();
  const { WorkGroup } = await athena(simulator).send(new GetWorkGroupCommand({ WorkGroup: "notebooks" }));
  expect(WorkGroup).toMatchObject({
    Name: "notebooks",
    State: "ENABLED",
    Configuration: { EngineVersion: { EffectiveEngineVersion: "Apache Spark version 3.5" } },
  });
});

test("tags are listed by the workgroup's ARN, and only for the caller's account", async () => {
  const client = athena(await simulate());
  const arn = (name: string) => `arn:aws:athena:${REGION}:${ACCOUNT_ID}:workgroup/${name}`;
  const { Tags } = await client.send(
    new ListTagsForResourceCommand({ ResourceARN: arn("etl"), MaxResults: 75 }),
  );
  expect(Tags).toEqual([{ Key: "team", Value: "data" }]);
  const other = new ListTagsForResourceCommand({
    ResourceARN: arn("etl").replace(ACCOUNT_ID, OTHER_ACCOUNT_ID),
  });
  await expect(client.send(other)).rejects.toThrow(errorNamed("ResourceNotFoundException"));
});

test("workgroups belong to one region", async () => {
  const simulator = await simulate();
  const { WorkGroups } = await athena(simulator, { region: "us-east-1" }).send(new ListWorkGroupsCommand({}));
  expect(WorkGroups).toEqual([]);
});

test("StartSession with the same client token starts one session", async () => {
  const simulator = await simulate();
  const start = new StartSessionCommand({
    WorkGroup: "etl",
    EngineConfiguration: {},
    ClientRequestToken: "0123456789abcdef0123456789abcdef",
  });
  const first = await athena(simulator).send(start);
  expect((await athena(simulator).send(start)).SessionId).toBe(first.SessionId);
  expect(simulator.fleet.truth(Date.now())[0]?.active).toHaveLength(1);
});

test("a disabled workgroup starts no session", async () => {
  const simulator = await simulate();
  simulator.fleet.createWorkgroup({ workgroup: "off" }, { state: "DISABLED" });
  const start = new StartSessionCommand({ WorkGroup: "off", EngineConfiguration: {} });
  await expect(athena(simulator).send(start)).rejects.toThrow(/disabled/);
});

describe("denials", () => {
  test("deny an operation in one workgroup, with IAM's message", async () => {
    const simulator = await simulate({
      settings: { denials: [{ operation: "ListSessions", workgroup: "etl" }] },
    });
    const client = athena(simulator);
    await expect(client.send(LIST_ETL)).rejects.toThrow(
      `User: arn:aws:iam::${ACCOUNT_ID}:user/exporter is not authorized to perform: athena:ListSessions ` +
        `on resource: arn:aws:athena:${REGION}:${ACCOUNT_ID}:workgroup/etl`,
    );
    await expect(client.send(LIST_ETL)).rejects.toThrow(errorNamed("AccessDeniedException"));
    await expect(client.send(new ListSessionsCommand({ WorkGroup: "notebooks" }))).resolves.toBeDefined();
  });

  test("of a workgroup cover lookups of its sessions", async () => {
    const simulator = await simulate({
      settings: { denials: [{ operation: "GetSessionStatus", workgroup: "etl" }] },
    });
    const options = { state: "IDLE", atMs: Date.now() } as const;
    const denied = simulator.fleet.addSession({ workgroup: "etl" }, options);
    const allowed = simulator.fleet.addSession({ workgroup: "notebooks" }, options);
    const client = athena(simulator);
    await expect(client.send(new GetSessionStatusCommand({ SessionId: denied }))).rejects.toThrow(
      errorNamed("AccessDeniedException"),
    );
    await expect(client.send(new GetSessionStatusCommand({ SessionId: allowed }))).resolves.toBeDefined();
  });

  test("can be limited to a role", async () => {
    const simulator = await simulate({ settings: { denials: [{ operation: "*", role: "exporter" }] } });
    const { Credentials } = await sts(simulator).send(
      new AssumeRoleCommand({
        RoleArn: `arn:aws:iam::${OTHER_ACCOUNT_ID}:role/exporter`,
        RoleSessionName: "test",
        ExternalId: "hush",
      }),
    );
    const credentials = {
      accessKeyId: Credentials?.AccessKeyId ?? "",
      secretAccessKey: Credentials?.SecretAccessKey ?? "",
      sessionToken: Credentials?.SessionToken ?? "",
    };
    await expect(athena(simulator, { credentials }).send(LIST_ETL)).rejects.toThrow(
      /assumed-role\/exporter\/test/,
    );
    await expect(athena(simulator).send(LIST_ETL)).resolves.toBeDefined();
  });
});

test("requests above the burst are throttled, per account and region, until the bucket refills", async () => {
  let monotonicMs = 0;
  const clock = { ...systemClock, monotonicMs: () => monotonicMs };
  const simulator = await simulate({
    clock,
    settings: { throttle: { ratePerSecond: 5, burst: 2, status: 400 } },
  });
  const client = athena(simulator);
  await client.send(LIST_ETL);
  await client.send(LIST_ETL);
  await expect(client.send(LIST_ETL)).rejects.toThrow(errorNamed("ThrottlingException"));
  await expect(
    athena(simulator, { region: "us-east-1" }).send(new ListWorkGroupsCommand({})),
  ).resolves.toBeDefined();
  monotonicMs += 200;
  await expect(client.send(LIST_ETL)).resolves.toBeDefined();
  await expect(client.send(LIST_ETL)).rejects.toThrow("Rate exceeded");
});

test("responses are delayed by the configured latency", async () => {
  const waits: number[] = [];
  const clock = {
    ...systemClock,
    after(delayMs: number, action: () => void) {
      waits.push(delayMs);
      return systemClock.after(0, action);
    },
  };
  const simulator = await simulate({ clock, settings: { latencyMs: 30_000 } });
  await athena(simulator).send(LIST_ETL);
  expect(waits).toEqual([30_000]);
});

test("the request log has an entry for each request, including retries", async () => {
  const simulator = await simulate();
  simulator.faults.add({ kind: "unavailable", times: 1 });
  const filtered = new ListSessionsCommand({ WorkGroup: "etl", StateFilter: "IDLE" });
  await athena(simulator, { maxAttempts: 2 }).send(filtered);
  await sts(simulator).send(new GetCallerIdentityCommand({}));
  const [first, second, third] = simulator.requests.entries;
  const common = {
    operation: "ListSessions",
    accountId: ACCOUNT_ID,
    region: REGION,
    workgroup: "etl",
    stateFilter: "IDLE",
  };
  expect(first).toMatchObject({ ...common, status: 503, error: "ServiceUnavailable", fault: "unavailable" });
  expect(second).toMatchObject({ ...common, status: 200, error: "", fault: "" });
  expect(third).toMatchObject({ service: "sts", operation: "GetCallerIdentity", status: 200 });
  expect([simulator.requests.total, simulator.requests.count({ status: 200 })]).toEqual([3, 2]);
});

test("a fault can apply to AssumeRole in one account", async () => {
  const simulator = await simulate();
  simulator.faults.add({ kind: "access-denied", operation: "AssumeRole", accountId: OTHER_ACCOUNT_ID });
  const assume = new AssumeRoleCommand({
    RoleArn: `arn:aws:iam::${OTHER_ACCOUNT_ID}:role/exporter`,
    RoleSessionName: "test",
    ExternalId: "hush",
  });
  await expect(sts(simulator).send(assume)).rejects.toThrow(errorNamed("AccessDenied"));
  await expect(sts(simulator).send(new GetCallerIdentityCommand({}))).resolves.toBeDefined();
});

test("close ends idle and hanging connections immediately", async () => {
  const simulator = await simulate();
  const { port } = new URL(simulator.url);
  const idle = connect(Number(port), "127.0.0.1");
  const closed = new Promise<void>((resolve) => idle.once("close", () => resolve()));
  idle.on("error", () => idle.destroy());
  await new Promise<void>((resolve) => idle.once("connect", () => resolve()));
  simulator.faults.add({ kind: "hang" });
  const failed = athena(simulator)
    .send(LIST_ETL)
    .then(
      () => "complete response",
      (error: unknown) => (error as NodeJS.ErrnoException).code,
    );
  while (simulator.requests.total === 0) await setImmediate();
  await simulator.close();
  await closed;
  expect(await failed).toBe("ECONNRESET");
});

test("starting on a port that is in use rejects", async () => {
  const simulator = await simulate();
  await expect(simulate({ port: Number(new URL(simulator.url).port) })).rejects.toThrow(/EADDRINUSE/);
});

test("the environment has everything that an AWS client needs", async () => {
  const simulator = await simulate();
  expect(simulator.environment).toEqual({
    AWS_ENDPOINT_URL: simulator.url,
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: "AKIASIMULATOREXPORT1",
    AWS_SECRET_ACCESS_KEY: "a secret of the tests",
  });
});
