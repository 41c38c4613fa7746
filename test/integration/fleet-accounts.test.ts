import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { AccountOptions } from "../../src/simulator/account.ts";
import { REGION } from "../app/config.ts";
import { ACCOUNT_ID, KEY, SPARK, startWorld, type World } from "./world.ts";

const DEV = "222222222222";
const PROD = "333333333333";
const US = "us-east-1";
const OTHER_KEY = { accessKeyId: "AKIASIMULATOREXPORT2", secretAccessKey: "another secret of the tests" };
const NO_KEYS = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined };
const DISCOVERY = { include: [], exclude: [], tags: {}, tagLabels: [], intervalMs: 60 };

let directory: string | undefined;

afterEach(async () => {
  if (directory !== undefined) await rm(directory, { recursive: true });
  directory = undefined;
});

async function credentialsFile(text: string) {
  directory = await mkdtemp(join(tmpdir(), "credentials-"));
  const path = join(directory, "credentials");
  await writeFile(path, text);
  return path;
}

const profile = (name: string, key: typeof KEY) =>
  `[${name}]\naws_access_key_id=${key.accessKeyId}\naws_secret_access_key=${key.secretAccessKey}\n`;

function workgroup(name: string, idle: number) {
  const atMs = Date.now() - 60_000;
  const sessions = Array.from({ length: idle }, () => ({ state: "IDLE" as const, atMs }));
  return { name, engine: SPARK, sessions };
}

/** The account of the process' own credentials, and two others behind a role of the same name. */
function company(): AccountOptions[] {
  const role = { name: "exporter", trustedAccountId: ACCOUNT_ID, externalId: "hush" };
  return [
    { id: ACCOUNT_ID, keys: [KEY], regions: { [REGION]: [workgroup("etl", 1)] } },
    { id: DEV, roles: [role], regions: { [REGION]: [workgroup("etl", 2)], [US]: [workgroup("etl", 3)] } },
    { id: PROD, roles: [role], regions: { [REGION]: [workgroup("etl", 4)] } },
  ];
}

const roleIn = (accountId: string, externalId = "hush") => ({
  name: `account-${accountId}`,
  roleArn: `arn:aws:iam::${accountId}:role/exporter`,
  externalId,
  discovery: DISCOVERY,
});

describe("several accounts and regions", () => {
  test("are polled separately where roles and workgroups have the same names everywhere", async () => {
    const world = await startWorld({
      accounts: company(),
      configured: [{}, { ...roleIn(DEV), regions: [REGION, US] }, roleIn(PROD)],
    });
    await world.until("all polled", () => world.manager.board.isReady());
    const idle = world.manager.board
      .workgroups()
      .map(({ accountId, region, snapshot }) => [accountId, region, snapshot?.sessions.IDLE]);
    expect(idle).toEqual([
      [ACCOUNT_ID, REGION, 1],
      [DEV, REGION, 2],
      [DEV, US, 3],
      [PROD, REGION, 4],
    ]);
    const info = world.boardLines().filter((line) => line.startsWith("athena_workgroup_info"));
    expect(info.filter((line) => line.includes(`account_name="account-${PROD}"`))).toHaveLength(1);
    expect(new Set(world.boardLines()).size).toBe(world.boardLines().length);
  });

  test.each([
    ["a wrong external id", roleIn(PROD, "wrong")],
    ["a role that there is not", { ...roleIn(PROD), roleArn: `arn:aws:iam::${PROD}:role/missing` }],
    ["a named workgroup and a wrong external id", { ...roleIn(PROD, "wrong"), workgroups: ["etl"] }],
  ])("that cannot be entered, for %s, say so for themselves alone", async (_why, denied) => {
    const world = await startWorld({ accounts: company(), configured: [{}, roleIn(DEV), denied] });
    await world.until("a failure", () => world.account({ accountId: PROD }).failure !== undefined);
    const { up, failure } = world.account({ accountId: PROD });
    expect({ up, ...failure }).toMatchObject({ up: false, reason: "access_denied", operation: "AssumeRole" });
    await world.until("the others are polled", () =>
      [ACCOUNT_ID, DEV].every((accountId) =>
        world.manager.board
          .accountRegions()
          .some((view) => view.accountId === accountId && view.workgroups === 1),
      ),
    );
    await world.until("a good poll", () => world.view("etl", { accountId: DEV }).up);
    expect(world.view("etl", { accountId: ACCOUNT_ID }).pollFailures).toBe(0);
  });
});

test("a role that the process already runs as is not assumed again", async () => {
  const [own, dev] = company();
  if (own === undefined || dev === undefined) throw new Error("no accounts");
  const roles = [{ name: "exporter", trustedAccountId: ACCOUNT_ID }];
  const assumed = `[default]\nrole_arn=arn:aws:iam::${DEV}:role/exporter\nsource_profile=base\n`;
  const world = await startWorld({
    accounts: [own, { ...dev, roles }],
    environment: {
      ...NO_KEYS,
      AWS_SHARED_CREDENTIALS_FILE: await credentialsFile(profile("base", KEY) + assumed),
    },
    configured: [{ ...roleIn(DEV), roleArn: `arn:aws:iam::${DEV}:role/some/path/exporter` }],
  });
  await world.until("polled", () => world.polls.length > 0);
  expect(world.view("etl")).toMatchObject({ accountId: DEV, up: true, snapshot: { sessions: { IDLE: 2 } } });
  expect(world.attempts.map(({ operation }) => operation)).not.toContain("AssumeRole");
});

describe("credentials that are rotated into another account", () => {
  const accounts = [
    { id: ACCOUNT_ID, keys: [KEY], regions: { [REGION]: [workgroup("etl", 1), workgroup("old", 0)] } },
    { id: DEV, keys: [OTHER_KEY], regions: { [REGION]: [workgroup("etl", 3)] } },
  ];

  /** A world that has polled the one account, and whose credentials are then those of the other. */
  async function rotated(discoveryIntervalMs: number, prepare: (world: World) => void = () => undefined) {
    const path = await credentialsFile(profile("default", KEY));
    const world = await startWorld({
      accounts,
      environment: { ...NO_KEYS, AWS_SHARED_CREDENTIALS_FILE: path },
      configured: [{ discovery: { ...DISCOVERY, intervalMs: discoveryIntervalMs } }],
      poll: { timeoutMs: 1000 },
    });
    await world.until("polled", () => world.manager.board.isReady());
    await writeFile(path, profile("default", OTHER_KEY));
    prepare(world);
    world.simulator.faults.add({ kind: "expired-token", operation: "ListSessions", times: 1 });
    return world;
  }

  const shown = ({ manager }: World) =>
    manager.board
      .workgroups()
      .flatMap(({ accountId, workgroup, snapshot }) =>
        snapshot === undefined ? [] : [`${accountId} ${workgroup} ${snapshot.sessions.IDLE}`],
      );

  test("are not used for the former account's workgroups", async () => {
    const world = await rotated(300_000);
    const failures = () =>
      world.pollsOf("etl").flatMap(({ outcome }) => ("failure" in outcome ? [outcome.failure.message] : []));
    const isTold = (message: string) => message.includes(`account ${DEV}, no longer of ${ACCOUNT_ID}`);
    await world.until("a failure", () => failures().some(isTold));
    await world.nextPolls("etl", 3);
    expect(world.view("etl")).toMatchObject({ up: false, failure: { reason: "credentials" } });
    expect(shown(world)).toEqual([`${ACCOUNT_ID} etl 1`, `${ACCOUNT_ID} old 0`]);
  });

  test("do not make a workgroup of the former account seem deleted", async () => {
    const world = await rotated(300_000);
    await world.until("a failure", () => !world.view("old").up);
    await world.nextPolls("old", 3);
    expect(world.view("old").failure).toMatchObject({ reason: "credentials", operation: "ListSessions" });
  });

  test("replace all workgroups at the next discovery", async () => {
    const world = await rotated(60, ({ simulator }) =>
      simulator.faults.add({ kind: "hang", operation: "ListWorkGroups" }),
    );
    await world.until("the account is known", () => world.account().accountId === DEV);
    expect(shown(world)).toEqual([]);
    expect(world.boardLines().filter((line) => line.includes(ACCOUNT_ID))).toEqual([]);
    expect(world.account()).toMatchObject({ up: false, failure: { reason: "credentials" }, workgroups: 0 });
    world.simulator.faults.clear();
    await world.until("the other account is polled", () => shown(world).length > 0);
    expect(shown(world)).toEqual([`${DEV} etl 3`]);
    expect(world.view("etl").counters.started).toBe(0);
  });
});

describe("the process' own account listed beside a role in it", () => {
  async function startWithBoth(): Promise<World> {
    const [own] = company();
    if (own === undefined) throw new Error("no accounts");
    return startWorld({
      accounts: [{ ...own, roles: [{ name: "exporter" }] }],
      configured: [{ discovery: DISCOVERY }, { ...roleIn(ACCOUNT_ID), name: "by role" }],
    });
  }

  test("is polled once, and the other entry fails with the reason why", async () => {
    const world = await startWithBoth();
    await world.until("a failure", () => world.manager.board.isReady() && world.discoveries.length >= 2);
    expect(world.manager.board.workgroups().map(({ accountName }) => accountName)).toEqual(["by role"]);
    const duplicate = world.manager.board
      .accountRegions()
      .find(({ duplicateOf }) => duplicateOf !== undefined);
    expect(duplicate?.failure?.message).toContain(`account is ${ACCOUNT_ID}`);
    expect(duplicate?.failure?.message).toContain(`arn:aws:iam::${ACCOUNT_ID}:role/exporter`);
    const up = world.boardLines().filter((line) => line.startsWith("athena_account_up{"));
    expect(up).toEqual([`athena_account_up{aws_account_id="${ACCOUNT_ID}",aws_region="${REGION}"} 1`]);
  });

  test("is polled once while STS fails, too", async () => {
    const world = await startWithBoth();
    await world.until("both to be discovered", () => world.manager.board.isReady());
    world.simulator.faults.add({ kind: "internal-error", operation: "GetCallerIdentity" });
    const failures = () => world.attempts.filter(({ reason }) => reason === "server_error").length;
    await world.until("three discoveries to fail", () => failures() >= 9);
    await world.nextPolls("etl", 2);
    expect(world.manager.board.workgroups().map(({ accountName }) => accountName)).toEqual(["by role"]);
  });
});
