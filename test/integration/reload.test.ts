import { describe, expect, test } from "vitest";
import { configOf, REGION, type ConfigOptions } from "../app/config.ts";
import { ACCOUNT_ID, KEY, SPARK, startWorld, type World, type WorldOptions } from "./world.ts";

const OTHER_ACCOUNT_ID = "222222222222";
const US = "us-east-1";
const workgroups = ["a", "b"].map((name) => ({ name, engine: SPARK }));

async function startPolled(options: WorldOptions): Promise<World> {
  const world = await startWorld({ workgroups, ...options });
  await world.until("all polled", () => world.manager.board.isReady());
  return world;
}

/** Starts a session in workgroup "a", and waits until its start is counted. */
async function startSession(world: World): Promise<void> {
  const { started } = world.view("a").counters;
  const { accountId } = world.view("a");
  world.simulator.fleet.addSession(
    { workgroup: "a", accountId },
    { state: "IDLE", atMs: Date.now(), maxDpus: 33 },
  );
  await world.until("the start is counted", () => world.view("a").counters.started === started + 1);
}

async function reload(world: World, options: ConfigOptions): Promise<void> {
  expect(await world.reload(configOf(options))).toEqual([]);
}

describe("a reload", () => {
  test("leaves alone what did not change, and adds and drops workgroups at once", async () => {
    const world = await startPolled({ configured: [{ workgroups: ["a"] }] });
    await startSession(world);
    const { polls } = world.view("a");
    await reload(world, { configured: [{ workgroups: ["a", "b"] }] });
    await world.until("b polled", () => world.pollsOf("b").length > 0);
    expect(world.view("a")).toMatchObject({ counters: { started: 1 }, up: true });
    expect(world.view("a").polls).toBeGreaterThanOrEqual(polls);
    await reload(world, { configured: [{ workgroups: ["b"] }] });
    await world.until("a dropped", () => world.workgroups().length === 1);
    expect(world.boardLines().filter((line) => line.startsWith("athena_workgroup_up{"))).toHaveLength(1);
  });

  test("of poll settings keeps counters and snapshots, and no session counts as started", async () => {
    const world = await startPolled({});
    await startSession(world);
    await reload(world, { poll: { intervalMs: 100 } });
    expect(world.view("a")).toMatchObject({ counters: { started: 1 }, snapshot: { sessions: { IDLE: 1 } } });
    await world.nextPolls("a", 2);
    expect(world.view("a")).toMatchObject({ counters: { started: 1 }, plannedIntervalSeconds: 0.1 });
  });

  test("of thresholds holds at once, by what the last polls found", async () => {
    const world = await startPolled({ poll: { intervalMs: 60_000 } });
    await reload(world, { poll: { intervalMs: 60_000 }, sessions: { idleThresholdsSeconds: [1, 2, 3] } });
    expect(world.view("a").snapshot?.idle).toHaveLength(3);
  });

  test("that removes an account and region ends its requests", async () => {
    const world = await startPolled({
      accounts: [
        {
          id: ACCOUNT_ID,
          keys: [KEY],
          regions: { [REGION]: workgroups, [US]: [{ name: "c", engine: SPARK }] },
        },
      ],
      configured: [{ regions: [REGION] }, { regions: [US] }],
    });
    await reload(world, { configured: [{ regions: [US] }] });
    expect(world.manager.board.accountRegions()).toMatchObject([{ region: US }]);
    expect(world.workgroups()).toEqual(["c"]);
    const served = () => world.simulator.requests.count({ region: REGION });
    const before = served();
    await world.nextPolls("c", 5);
    // One of each workgroup was perhaps on its way.
    expect(served() - before).toBeLessThanOrEqual(workgroups.length);
  });

  test("that asks for details reads them", async () => {
    const world = await startPolled({ configured: [{ workgroups: ["a"] }] });
    await startSession(world);
    await reload(world, { configured: [{ workgroups: ["a"] }], sessions: { details: true } });
    await world.until("details known", () => world.view("a").snapshot?.rows[0]?.maxDpus === 33);
    expect(world.simulator.requests.count({ operation: "GetSession" })).toBe(1);
  });
});

test("a reload without details drops their series at the next poll, and one with details reads them again", async () => {
  const world = await startPolled({ configured: [{ workgroups: ["a"] }], sessions: { details: true } });
  await startSession(world);
  const dpus = async () =>
    [...(await world.samples())].filter(([series]) => series.startsWith("athena_session_max"));
  const maxDpus = () => world.view("a").snapshot?.rows[0]?.maxDpus;
  await world.until("details known", () => maxDpus() === 33);
  expect(await dpus()).toMatchObject([[expect.any(String), 33]]);
  await reload(world, { configured: [{ workgroups: ["a"] }], sessions: { details: false } });
  // One poll was perhaps on its way.
  await world.nextPolls("a", 2);
  expect(await dpus()).toEqual([]);
  await reload(world, { configured: [{ workgroups: ["a"] }], sessions: { details: true } });
  await world.until("details known again", () => maxDpus() === 33);
  expect(world.simulator.requests.count({ operation: "GetSession" })).toBe(2);
});

describe("a reload while AWS does not answer", () => {
  test("of poll settings keeps the account id, all series and counters while STS hangs", async () => {
    const world = await startPolled({});
    await startSession(world);
    world.simulator.faults.add({ kind: "hang", operation: "GetCallerIdentity" });
    const before = await world.samples();
    const poll = { intervalMs: 40, rateLimit: 500, timeoutMs: 3000, deadlineMs: 3000, concurrency: 3 };
    await reload(world, { poll });
    const after = await world.samples();
    expect([...before.keys()].filter((series) => !after.has(series))).toEqual([]);

    await world.until("discovery fails", () => world.account().failure !== undefined);
    expect(world.account()).toMatchObject({
      accountId: ACCOUNT_ID,
      failure: { reason: "timeout", operation: "GetCallerIdentity" },
      workgroups: 2,
    });
    await world.nextPolls("a", 2);
    const later = await world.samples();
    expect([...before.keys()].filter((series) => !later.has(series) && !isOfState(series))).toEqual([]);
    const counters = [...before].filter(([series]) => isCounter(series));
    expect(counters.filter(([series, value]) => (later.get(series) ?? 0) < value)).toEqual([]);
    expect(world.view("a")).toMatchObject({ up: true, pollFailures: 0, counters: { started: 1 } });
    expect(world.view("a").plannedIntervalSeconds).toBe(0.04);
  });

  test("that removes an account and region with requests in flight records no failure, and its series stay away", async () => {
    const world = await startPolled({
      accounts: [
        {
          id: ACCOUNT_ID,
          keys: [KEY],
          regions: { [REGION]: workgroups, [US]: [{ name: "c", engine: SPARK }] },
        },
      ],
      configured: [{ regions: [REGION, US] }],
    });
    const { simulator } = world;
    simulator.faults.add({ kind: "hang", region: REGION });
    const hanging = () => simulator.requests.count({ region: REGION, fault: "hang" });
    await world.until("both hang", () => hanging() >= 2);
    const told = {
      polls: world.polls.length,
      attempts: world.attempts.length,
    };
    await reload(world, { configured: [{ regions: [US] }] });
    const removed = async () =>
      [...(await world.samples()).keys()].filter((series) => series.includes(`aws_region="${REGION}"`));
    expect(await removed()).toEqual([]);
    simulator.faults.clear();
    await world.nextPolls("c", 3);
    expect(await removed()).toEqual([]);
    expect(world.polls.slice(told.polls).filter(({ region }) => region === REGION)).toEqual([]);
    expect(world.attempts.slice(told.attempts).filter(({ reason }) => reason !== undefined)).toEqual([]);
  });
});

/** Of a label that names the state or the reason of now. */
const isOfState = (series: string) => series.startsWith("athena_workgroup_failing");
const isCounter = (series: string) => /^athena\w+_(total|count)\b/.test(series);

describe("a reload of an entry with a role", () => {
  const accounts = [
    { id: ACCOUNT_ID, keys: [KEY], regions: { [REGION]: [] } },
    {
      id: OTHER_ACCOUNT_ID,
      roles: [
        { name: "exporter", externalId: "hush" },
        { name: "other", externalId: "hush" },
      ],
      regions: { [REGION]: workgroups },
    },
  ];
  const roleArn = (name: string) => `arn:aws:iam::${OTHER_ACCOUNT_ID}:role/${name}`;
  const requests = (world: World) =>
    world.samples().then((samples) => {
      const labels = `aws_account_id="${OTHER_ACCOUNT_ID}",aws_region="${REGION}",operation="ListSessions"`;
      return samples.get(`athena_exporter_api_requests_total{${labels}}`) ?? 0;
    });

  test("with another external id uses it for the next request, and keeps trackers and counters even if it is wrong", async () => {
    const entry = { roleArn: roleArn("exporter"), discovery: { intervalMs: 60 } };
    const world = await startPolled({ accounts, configured: [{ ...entry, externalId: "hush" }] });
    await startSession(world);
    const before = await requests(world);
    await reload(world, { configured: [{ ...entry, externalId: "wrong" }] });
    await world.until("refused", () => world.view("a").failure?.operation === "AssumeRole");
    expect(world.view("a")).toMatchObject({
      failure: { reason: "access_denied" },
      counters: { started: 1 },
      snapshot: { sessions: { IDLE: 1 } },
    });
    await reload(world, { configured: [{ ...entry, externalId: "hush" }] });
    await world.until("permitted", () => world.view("a").up);
    await world.nextPolls("a", 1);
    expect(world.view("a")).toMatchObject({ accountId: OTHER_ACCOUNT_ID, counters: { started: 1 } });
    expect(await requests(world)).toBeGreaterThan(before);
  });

  test("with another role of the same account assumes it, and keeps trackers and counters", async () => {
    const world = await startPolled({
      accounts,
      configured: [{ roleArn: roleArn("exporter"), externalId: "hush" }],
    });
    await startSession(world);
    const before = await requests(world);
    const assumed = world.simulator.requests.count({ operation: "AssumeRole" });
    await reload(world, { configured: [{ roleArn: roleArn("other"), externalId: "hush" }] });
    await world.until("the other role is assumed", () => {
      return world.simulator.requests.count({ operation: "AssumeRole" }) === assumed + 1;
    });
    await world.nextPolls("a", 2);
    expect(world.view("a")).toMatchObject({ up: true, pollFailures: 0, counters: { started: 1 } });
    expect(await requests(world)).toBeGreaterThan(before);
    expect(world.manager.board.accountRegions()).toHaveLength(1);
  });
});

describe("a reload that gives the process' own account a role, or takes it away", () => {
  const OWN = { workgroups: ["a"], discovery: { intervalMs: 100 } };
  const BY_ROLE = { ...OWN, roleArn: `arn:aws:iam::${ACCOUNT_ID}:role/exporter` };
  const accounts = [
    {
      id: ACCOUNT_ID,
      keys: [KEY],
      roles: [{ name: "exporter" }],
      regions: { [REGION]: workgroups },
    },
    { id: OTHER_ACCOUNT_ID, roles: [{ name: "exporter" }], regions: { [REGION]: workgroups } },
  ];

  test.each([
    ["gets one", OWN, BY_ROLE],
    ["loses it", BY_ROLE, OWN],
  ])("keeps the account id, all series and counters: %s", async (_what, before, after) => {
    const world = await startPolled({ accounts, configured: [before] });
    await startSession(world);
    const known = await world.samples();
    await reload(world, { configured: [after] });
    for (let polls = 0; polls < 3; polls += 1) {
      const samples = await world.samples();
      const counters = [...known].filter(([series]) => isCounter(series));
      expect([...known.keys()].filter((series) => !samples.has(series))).toEqual([]);
      expect(counters.filter(([series, value]) => (samples.get(series) ?? 0) < value)).toEqual([]);
      await world.nextPolls("a", 1);
    }
    await world.until("discovered", () => world.account().up);
    expect(world.view("a")).toMatchObject({
      accountId: ACCOUNT_ID,
      counters: { started: 1 },
      pollFailures: 0,
    });
    expect(world.manager.board.accountRegions()).toMatchObject([{ accountId: ACCOUNT_ID }]);
  });

  test("drops a role's account that turns out to be another one, and attributes nothing to it", async () => {
    const other = { ...BY_ROLE, roleArn: `arn:aws:iam::${OTHER_ACCOUNT_ID}:role/exporter` };
    const world = await startPolled({ accounts, configured: [other] });
    await startSession(world);
    const before = world.polls.length;
    await reload(world, { configured: [OWN] });
    await world.until("the own account is polled", () => {
      return world.manager.board.workgroups().some(({ accountId, up }) => accountId === ACCOUNT_ID && up);
    });
    expect(world.manager.board.workgroups()).toMatchObject([
      { accountId: ACCOUNT_ID, counters: { started: 0 } },
    ]);
    expect(world.manager.board.accountRegions()).toMatchObject([{ accountId: ACCOUNT_ID, workgroups: 1 }]);
    const wrong = world.polls.slice(before).filter(({ result: { outcome } }) => {
      return "findings" in outcome && outcome.findings.events.length > 0;
    });
    expect(wrong).toEqual([]);
  });
});
