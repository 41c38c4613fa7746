import { describe, expect, test } from "vitest";
import type { FailureReason } from "../../src/failure.ts";
import type { PollConfig } from "../../src/config/config.ts";
import type { InjectedFault } from "../../src/simulator/fault.ts";
import { SESSION_STATES } from "../../src/simulator/session.ts";
import type { Simulator } from "../../src/simulator/simulator.ts";
import { ageSeconds, entriesOf, idleCostUsd, stateSeconds } from "../../src/snapshot/session-entry.ts";
import type { WorkgroupView } from "../../src/snapshot/view.ts";
import { simulate, SPARK, startWorld, type World } from "./world.ts";

const ETL = { workgroup: "etl" } as const;
const IDLE_ID = "the idle session that ends";

/** One session in each state, and one idle that will end. */
function allStates() {
  const atMs = Date.now() - 60_000;
  const sessions = SESSION_STATES.map((state) => ({ state, atMs, startMs: atMs - 60_000 }));
  return [...sessions, { state: "IDLE" as const, atMs, id: IDLE_ID }];
}

function bothWorkgroups() {
  const sessions = allStates();
  return ["etl", "notebooks"].map((name) => ({ name, engine: SPARK, sessions }));
}

/** A workgroup that a fault will befall, and another one in the same region. */
async function twoWorkgroups(poll: Partial<PollConfig> = {}): Promise<World> {
  const world = await startWorld({
    workgroups: bothWorkgroups(),
    poll,
  });
  await world.until("both polled", () => world.manager.board.wasAllTried());
  return world;
}

/** What the board tells of a workgroup's sessions; nothing where it was withdrawn. */
function sessionsTold(world: World, workgroup: string) {
  const { snapshot } = world.view(workgroup);
  if (snapshot === undefined) return {};
  return {
    sessions: snapshot.sessions,
    states: snapshot.rows.map(({ id, state }) => `${id} ${state}`).sort(),
  };
}

/** One session starts and one ends while nobody can see it. */
function changeFleet({ fleet }: Simulator): void {
  fleet.moveSession(ETL, IDLE_ID, "TERMINATED", Date.now());
  fleet.addSession(ETL, { state: "CREATING", atMs: Date.now() });
}

/** Every request that the simulator served was counted, by operation, and no other. */
async function expectAttemptsCounted(world: World): Promise<void> {
  const { requests } = world.simulator;
  await world.until("as many attempts as requests", () => world.attempts.length === requests.total);
  for (const operation of ["ListSessions", "GetSessionStatus", "ListWorkGroups", "GetCallerIdentity"]) {
    const counted = world.attempts.filter((attempt) => attempt.operation === operation).length;
    expect({ operation, counted }).toEqual({ operation, counted: requests.count({ operation }) });
  }
}

const ITS_LISTINGS = { operation: "ListSessions", ...ETL } as const;

const FAULTS: readonly [InjectedFault, FailureReason][] = [
  [{ kind: "throttled" }, "throttled"],
  [{ kind: "throttled", status: 429, retryAfterSeconds: 0 }, "throttled"],
  [{ kind: "internal-error" }, "server_error"],
  [{ kind: "unavailable" }, "server_error"],
  [{ kind: "html" }, "server_error"],
  [{ kind: "html", status: 200 }, "malformed_response"],
  [{ kind: "access-denied" }, "access_denied"],
  [{ kind: "expired-token" }, "credentials"],
  [{ kind: "unrecognized-client" }, "credentials"],
  [{ kind: "invalid-request" }, "invalid_request"],
  [{ kind: "not-found" }, "not_found"],
  [{ kind: "empty-body" }, "malformed_response"],
  [{ kind: "null-body" }, "malformed_response"],
  [{ kind: "array-body" }, "malformed_response"],
  [{ kind: "truncated" }, "malformed_response"],
  [{ kind: "not-json" }, "malformed_response"],
  [{ kind: "wrong-type" }, "malformed_response"],
  [{ kind: "null-entries" }, "malformed_response"],
  [{ kind: "repeated-token" }, "malformed_response"],
  [{ kind: "endless-tokens" }, "malformed_response"],
  [{ kind: "page-fails" }, "server_error"],
  [{ kind: "huge-body", maxBytes: 40_000_000 }, "malformed_response"],
  [{ kind: "hang" }, "timeout"],
  [{ kind: "stall" }, "timeout"],
  [{ kind: "drip", intervalMs: 100 }, "timeout"],
  [{ kind: "reset" }, "network"],
];

/** What never ends is ended by the limit of an attempt, three times, or by that of the whole poll. */
const PATIENCE: Partial<Record<InjectedFault["kind"], Partial<PollConfig>>> = {
  hang: { timeoutMs: 1000 },
  stall: { deadlineMs: 2000 },
  drip: { deadlineMs: 2000 },
};

/** Why polls of a workgroup failed. On a busy machine, a short limit may end a poll of any workgroup. */
function failuresOf(world: World, workgroup: string, { kind }: InjectedFault): FailureReason[] {
  return world
    .pollsOf(workgroup)
    .flatMap(({ outcome }) => ("failure" in outcome ? [outcome.failure.reason] : []))
    .filter((reason) => !(reason === "timeout" && kind in PATIENCE));
}

describe("a workgroup whose listing fails", () => {
  test.each(FAULTS)("%j", async (fault, reason) => {
    const world = await twoWorkgroups(PATIENCE[fault.kind]);
    const { faults } = world.simulator;
    const good = sessionsTold(world, "etl");

    const clear = faults.add({ ...fault, ...ITS_LISTINGS });
    // Only then no poll is in progress that has read something before the fault.
    await world.until("a failed poll", () => world.view("etl").failure !== undefined);
    changeFleet(world.simulator);
    await world.nextPolls("etl", 1);
    expect(world.view("etl")).toMatchObject({ up: false, failure: { reason, operation: "ListSessions" } });
    expect(sessionsTold(world, "etl")).toEqual(reason === "not_found" ? {} : good);
    await world.nextPolls("notebooks", 3);
    expect(failuresOf(world, "notebooks", fault)).toEqual([]);

    clear();
    await world.until("a good poll", () => world.view("etl").up);
    const { counters, snapshot, polls, pollFailures } = world.view("etl");
    expect(snapshot?.sessions).toEqual({ ...good.sessions, CREATING: 2, IDLE: 1 });
    expect(counters).toMatchObject({ started: 1, ended: { TERMINATED: 1, FAILED: 0, UNKNOWN: 0 } });
    const failures = world.pollsOf("etl").filter(({ outcome }) => "failure" in outcome).length;
    expect({ polls, pollFailures }).toEqual({ polls: world.pollsOf("etl").length, pollFailures: failures });
    await expectAttemptsCounted(world);
  });
});

test("a poll tells each attempt at its calls, the SDK's retries included", async () => {
  const world = await twoWorkgroups();
  world.simulator.faults.add({ kind: "throttled", ...ITS_LISTINGS });
  await world.until("a failed poll", () => world.view("etl").failure !== undefined);
  const failed = world.pollsOf("etl").at(-1);
  expect(failed?.attempts.slice(-3)).toMatchObject(
    [1, 2, 3].map((attempt) => ({ operation: "ListSessions", attempt, reason: "throttled" })),
  );
  const good = world.pollsOf("etl")[0];
  expect(good?.attempts.map(({ attempt, reason }) => [attempt, reason])).toEqual(
    good?.attempts.map(() => [1, undefined]),
  );
  expect(good?.attempts.length).toBe(good?.requests);
});

test("an Athena that cannot be reached has the reason network, and polls recover when it can", async () => {
  const world = await twoWorkgroups();
  const good = sessionsTold(world, "etl");
  const port = Number(new URL(world.simulator.url).port);
  await world.simulator.close();
  await world.until("both fail", () => {
    return ["etl", "notebooks"].every((workgroup) => world.view(workgroup).failure !== undefined);
  });
  expect(world.view("etl")).toMatchObject({ up: false, failure: { reason: "network" } });
  expect(sessionsTold(world, "etl")).toEqual(good);
  await simulate({ workgroups: bothWorkgroups() }, port);
  await world.until("both recover", () => ["etl", "notebooks"].every((name) => world.view(name).up));
});

describe("an odd but valid response", () => {
  /** Two polls that were all answered so. */
  async function pollUnder(fault: InjectedFault) {
    const world = await twoWorkgroups();
    const before = sessionsTold(world, "etl");
    world.simulator.faults.add({ ...fault, ...ETL });
    await world.nextPolls("etl", 3);
    const view = world.view("etl");
    expect(view).toMatchObject({ up: true, pollFailures: 0 });
    return { before, view, after: sessionsTold(world, "etl") };
  }

  test("a session on two pages is counted once", async () => {
    const { before, after } = await pollUnder({ kind: "session-twice" });
    expect(after).toEqual(before);
  });

  test("one Date header that is an hour off does not make later polls fail", async () => {
    const world = await twoWorkgroups();
    const before = sessionsTold(world, "etl");
    world.simulator.faults.add({ kind: "date-skew", skewMs: HOUR_MS, times: 1, ...ETL });
    await world.nextPolls("etl", 3);
    await world.until("a good poll", () => world.view("etl").up);
    expect(sessionsTold(world, "etl")).toEqual(before);
    expectOnlySoundNumbers(world.view("etl"));
  });

  test.each([-HOUR_MS, HOUR_MS])("AWS' clock is off by %d ms", async (dateSkewMs) => {
    const world = await startWorld({
      workgroups: [{ name: "etl", engine: SPARK, sessions: allStates() }],
      settings: { dateSkewMs },
    });
    await world.until("a good poll", () => world.account().workgroups === 1 && world.view("etl").up);
    expect(world.view("etl").snapshot?.sessions).toMatchObject({ IDLE: 2, BUSY: 1, DEGRADED: 1 });
    expectOnlySoundNumbers(world.view("etl"));
  });

  test("a new state counts as UNKNOWN, and as active", async () => {
    const { before, view } = await pollUnder({ kind: "unknown-state" });
    const { UNKNOWN, ...others } = view.snapshot?.sessions ?? { UNKNOWN: 0 };
    expect(UNKNOWN).toBeGreaterThanOrEqual(before.states?.length ?? Infinity);
    expect(Object.values(others).every((count) => count === 0)).toBe(true);
    expect(view.counters.ended).toEqual({ TERMINATED: 0, FAILED: 0, UNKNOWN: 0 });
  });

  test("absent fields make no number NaN or negative", async () => {
    const { view } = await pollUnder({ kind: "absent-fields" });
    expect(view.snapshot?.sessions.UNKNOWN).toBeGreaterThan(0);
    expectOnlySoundNumbers(view);
  });

  test("impossible dates make no duration negative or absurd", async () => {
    const { before, view, after } = await pollUnder({ kind: "absurd-dates" });
    expect(after.sessions).toEqual(before.sessions);
    expectOnlySoundNumbers(view);
  });
});

const HOUR_MS = 3_600_000;
const CENTURY_SECONDS = 100 * 366 * 86_400;

/** Neither NaN nor negative, and no duration that nobody could live. */
function expectOnlySoundNumbers(view: WorkgroupView): void {
  const { snapshot, counters } = view;
  const {
    takenAtMs: _takenAtMs,
    polledAtMs: _polledAtMs,
    rows: _rows,
    rowsNeedingAction: _action,
    ...numbers
  } = snapshot ?? {};
  const ages = entriesOf(view).map((entry) => [
    stateSeconds(entry),
    ageSeconds(entry) ?? 0,
    idleCostUsd(entry),
  ]);
  const text = JSON.stringify([numbers, counters, ages]);
  const found = [...text.matchAll(/-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|null/g)].map(([number]) => Number(number));
  expect(text).not.toContain("null");
  expect(found.filter((number) => !(number >= 0 && number < CENTURY_SECONDS))).toEqual([]);
}
