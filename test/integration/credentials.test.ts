import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { REGION } from "../app/config.ts";
import { ACCOUNT_ID, KEY, SPARK, startWorld } from "./world.ts";

const OTHER_ACCOUNT_ID = "222222222222";
const ROLE_ARN = `arn:aws:iam::${OTHER_ACCOUNT_ID}:role/exporter`;
const NO_KEYS = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined };
const DISCOVERY = { include: [], exclude: [], tags: {}, tagLabels: [], intervalMs: 60 };
const DISCOVERED = [{ discovery: DISCOVERY }];

let directory: string | undefined;

afterEach(async () => {
  if (directory !== undefined) await rm(directory, { recursive: true });
  directory = undefined;
});

/** A file of shared credentials, and how to replace it. */
async function credentialsFile(secretAccessKey: string) {
  directory = await mkdtemp(join(tmpdir(), "credentials-"));
  const path = join(directory, "credentials");
  const write = async (secret: string) =>
    writeFile(path, `[default]\naws_access_key_id=${KEY.accessKeyId}\naws_secret_access_key=${secret}\n`);
  await write(secretAccessKey);
  return { path, write };
}

describe("the process' own credentials", () => {
  test("that are wrong fail discovery with the reason credentials, and no workgroup is shown", async () => {
    const world = await startWorld({
      environment: { AWS_SECRET_ACCESS_KEY: "not the secret" },
      configured: DISCOVERED,
    });
    await world.until("a failure", () => world.discoveries.length >= 2);
    expect(world.account()).toMatchObject({ up: false, failure: { reason: "credentials" }, workgroups: 0 });
    expect(world.manager.board.workgroups()).toEqual([]);
  });

  test("that are missing are read again until they exist", async () => {
    const { path, write } = await credentialsFile("");
    await rm(path);
    const world = await startWorld({
      environment: { ...NO_KEYS, AWS_SHARED_CREDENTIALS_FILE: path },
      configured: DISCOVERED,
    });
    await world.until("a failure", () => world.discoveries.length > 0);
    expect(world.account()).toMatchObject({ up: false, failure: { reason: "credentials" } });
    expect(world.simulator.requests.total).toBe(0);
    await write(KEY.secretAccessKey);
    await world.until("a good poll", () => world.hasPolled("etl"));
    expect(world.account().accountId).toBe(ACCOUNT_ID);
  });

  test("that are rotated in their file are read again", async () => {
    const { path, write } = await credentialsFile("the secret of yesterday");
    const world = await startWorld({
      environment: { ...NO_KEYS, AWS_SHARED_CREDENTIALS_FILE: path },
      configured: DISCOVERED,
    });
    await world.until("a failure", () => world.account().failure !== undefined);
    expect(world.account().failure?.reason).toBe("credentials");
    await write(KEY.secretAccessKey);
    await world.until("a good poll", () => world.hasPolled("etl"));
    expect(world.view("etl").up).toBe(true);
  });

  test("whose provider hangs are read again by another one, after the deadline has ended the wait", async () => {
    const { path, write } = await credentialsFile("");
    const pids = `${path}.pids`;
    await writeFile(path, `[default]\ncredential_process = echo $$ >> ${pids} && exec sleep 60\n`);
    const world = await startWorld({
      environment: { ...NO_KEYS, AWS_SHARED_CREDENTIALS_FILE: path },
      configured: DISCOVERED,
      poll: { deadlineMs: 1000 },
    });
    await world.until("a failure", () => world.account().failure !== undefined);
    expect(world.account().failure?.reason).toBe("timeout");
    await write(KEY.secretAccessKey);
    await world.until("the account is known", () => world.account().accountId === ACCOUNT_ID);
    await world.until("a good poll", () => world.view("etl").up);
    for (const pid of (await readFile(pids, "utf8")).trim().split("\n")) process.kill(Number(pid));
  });

  test("are used even where STS does not identify their account", async () => {
    const world = await startWorld({ settings: { denials: [{ operation: "GetCallerIdentity" }] } });
    await world.until("a good poll", () => world.hasPolled("etl"));
    expect(world.view("etl").up).toBe(true);
    expect(world.account()).toMatchObject({ accountId: "", failure: { operation: "GetCallerIdentity" } });
  });
});

describe("a role in another account", () => {
  const accounts = [
    { id: ACCOUNT_ID, keys: [KEY], regions: { [REGION]: [] } },
    {
      id: OTHER_ACCOUNT_ID,
      roles: [{ name: "exporter", trustedAccountId: ACCOUNT_ID, externalId: "hush" }],
      regions: { [REGION]: [{ name: "etl", engine: SPARK }] },
    },
  ];
  const role = { roleArn: ROLE_ARN, externalId: "hush", discovery: DISCOVERY };

  test("is assumed, and its workgroups are found", async () => {
    const world = await startWorld({ accounts, configured: [role] });
    await world.until("a good poll", () => world.hasPolled("etl"));
    expect(world.view("etl")).toMatchObject({ up: true, accountId: OTHER_ACCOUNT_ID });
    expect(world.attempts.map(({ operation }) => operation)).toContain("AssumeRole");
    await world.until(
      "no request is under way",
      () => world.attempts.length === world.simulator.requests.total,
    );
  });

  test("whose token AWS refuses early is assumed again", async () => {
    const world = await startWorld({ accounts, configured: [role] });
    await world.until("a good poll", () => world.hasPolled("etl"));
    world.simulator.faults.add({ kind: "expired-token", operation: "ListSessions", times: 1 });
    await world.until("the token is refused", () => world.view("etl").failure !== undefined);
    expect(world.view("etl").failure?.reason).toBe("credentials");
    const assumed = world.simulator.requests.count({ operation: "AssumeRole" });
    await world.nextPolls("etl", 1);
    expect(world.view("etl").up).toBe(true);
    expect(world.simulator.requests.count({ operation: "AssumeRole" })).toBe(assumed + 1);
  });

  test("whose credentials live for a second are assumed again in time", async () => {
    const lifeMs = 1000;
    const startMs = Date.now();
    const world = await startWorld({ accounts, configured: [role], settings: { maxCredentialsMs: lifeMs } });
    await world.until("polls for three lives", () => Date.now() - startMs > 3 * lifeMs);
    const polls = world.pollsOf("etl");
    const good = polls.filter(({ outcome }) => "findings" in outcome);
    expect(good.length).toBeGreaterThan(polls.length / 2);
    expect(world.simulator.requests.count({ operation: "AssumeRole" })).toBeGreaterThan(2);
  });

  test("that may not be assumed disturbs no other account", async () => {
    const world = await startWorld({
      accounts: [
        {
          ...accounts[0],
          id: ACCOUNT_ID,
          keys: [KEY],
          regions: { [REGION]: [{ name: "own", engine: SPARK }] },
        },
        ...accounts.slice(1),
      ],
      configured: [{}, { ...role, externalId: "wrong" }],
    });
    await world.until("both tried", () => world.discoveries.length >= 2 && world.polls.length > 0);
    expect(world.account({ accountId: OTHER_ACCOUNT_ID })).toMatchObject({
      up: false,
      failure: { operation: expect.any(String) as string },
    });
    expect(world.account({ accountId: OTHER_ACCOUNT_ID }).failure?.reason).toBe("access_denied");
    expect(world.view("own").up).toBe(true);
  });
});
