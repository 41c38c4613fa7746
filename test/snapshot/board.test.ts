import { describe, expect, it } from "vitest";
import type { Clock } from "../../src/clock.ts";
import type { PollResult } from "../../src/poll/poll.ts";
import { Board, type BoardOptions } from "../../src/snapshot/board.ts";
import type { WorkgroupView } from "../../src/snapshot/view.ts";
import type { Region, Target } from "../../src/targets/account-region.ts";
import { FakeAthena, MINUTE, NOON, Poller } from "../sessions/fake-athena.ts";

const region: Region = {
  key: "|eu-west-1",
  accountName: "",
  accountId: "",
  region: "eu-west-1",
  selections: [{ include: [], exclude: [] }],
  discoveryIntervalMs: 5 * MINUTE,
};

const target = (workgroup: string): Target => ({
  key: `${region.key}|${workgroup}`,
  workgroup,
  engineVersion: "PySpark engine version 3",
});

class TestClock implements Clock {
  ms = 0;
  wallMs = () => NOON + this.ms;
  monotonicMs = () => this.ms;
  after = () => () => {};
}

const defaults = {
  clock: new TestClock(),
  idleThresholdsSeconds: [60],
  pollIntervalMs: MINUTE,
  staleAfterMs: 5 * MINUTE,
  showsDetails: false,
  sessionLimits: { perWorkgroup: 100, total: 1000 },
};

/** A board whose rendering is the view itself, with workgroups already discovered. */
function boardOf(workgroups: readonly string[], options: Partial<BoardOptions<WorkgroupView>> = {}) {
  const clock = new TestClock();
  const board = new Board<WorkgroupView>([region], {
    ...defaults,
    clock,
    render: (view) => view,
    ...options,
  });
  board.applyDiscovery(region, { accountId: "111122223333", targets: workgroups.map(target) });
  return { board, clock };
}

function success(athena: FakeAthena, poller = new Poller(athena)): PollResult {
  return { outcome: { findings: poller.poll() }, durationMs: 250, calls: 1 };
}

function failure(reason: "throttled" | "not_found"): PollResult {
  return {
    outcome: { failure: { reason, operation: "ListSessions", message: "no" } },
    durationMs: 10_000,
    calls: 3,
  };
}

function withIdleSessions(count: number): FakeAthena {
  const athena = new FakeAthena();
  for (let index = 0; index < count; index += 1) athena.put(`s${index}`, "IDLE");
  return athena;
}

describe("a workgroup on the board", () => {
  it("is there, not up and with counters at 0, from when it is known", () => {
    const { board } = boardOf(["etl"]);
    expect(board.workgroups()).toMatchObject([
      { workgroup: "etl", up: false, lastSuccessMs: 0, polls: 0, counters: { started: 0 } },
    ]);
    expect(board.workgroups()[0]).not.toHaveProperty("snapshot");
    expect(board.isReady()).toBe(false);
  });

  it("has its snapshot after a good poll", () => {
    const { board } = boardOf(["etl"]);
    board.applyPoll(region, target("etl"), success(withIdleSessions(2)), MINUTE);
    expect(board.workgroups()).toMatchObject([
      { up: true, lastSuccessMs: NOON, lastPollSeconds: 0.25, snapshot: { sessions: { IDLE: 2 } } },
    ]);
    expect(board.isReady()).toBe(true);
  });

  it("keeps its last-good snapshot when a poll fails, and says that it failed", () => {
    const { board } = boardOf(["etl"]);
    board.applyPoll(region, target("etl"), success(withIdleSessions(2)), MINUTE);
    board.applyPoll(region, target("etl"), failure("throttled"), MINUTE);
    expect(board.workgroups()).toMatchObject([
      {
        up: false,
        failure: { reason: "throttled" },
        polls: 2,
        pollFailures: 1,
        snapshot: { sessions: { IDLE: 2 } },
      },
    ]);
  });

  it.each([
    { plannedIntervalMs: MINUTE, staleMs: 5 * MINUTE },
    { plannedIntervalMs: 4 * MINUTE, staleMs: 12 * MINUTE },
  ])(
    "loses its snapshot $staleMs ms after the last success where $plannedIntervalMs ms are planned",
    ({ plannedIntervalMs, staleMs }) => {
      const { board, clock } = boardOf(["etl"]);
      board.applyPoll(region, target("etl"), success(withIdleSessions(2)), plannedIntervalMs);
      clock.ms = staleMs - 1;
      board.applyPoll(region, target("etl"), failure("throttled"), plannedIntervalMs);
      expect(board.workgroups()[0]).toHaveProperty("snapshot");
      expect([...board.rendered()][0]?.sessionsExpireAtMs).toBe(staleMs);
      clock.ms = staleMs;
      expect(board.workgroups()[0]).not.toHaveProperty("snapshot");
      expect(board.workgroups()).toMatchObject([{ lastSuccessMs: NOON, counters: { started: 0 } }]);
    },
  );

  it("loses its snapshot at once when Athena says that it does not exist", () => {
    const { board } = boardOf(["etl"]);
    board.applyPoll(region, target("etl"), success(withIdleSessions(2)), MINUTE);
    board.applyPoll(region, target("etl"), failure("not_found"), MINUTE);
    expect(board.workgroups()[0]).not.toHaveProperty("snapshot");
  });

  it("is gone when discovery drops it, with its sessions' share of the limit", () => {
    const { board } = boardOf(["etl", "other"], { sessionLimits: { perWorkgroup: 100, total: 3 } });
    board.applyPoll(region, target("etl"), success(withIdleSessions(3)), MINUTE);
    board.applyDiscovery(region, { accountId: "111122223333", targets: [target("other")] });
    board.applyPoll(region, target("other"), success(withIdleSessions(3)), MINUTE);
    expect(board.workgroups()).toMatchObject([{ workgroup: "other", shownSessions: 3 }]);
    expect([...board.rendered()]).toHaveLength(1);
  });

  it("stays when a discovery fails", () => {
    const { board } = boardOf(["etl"]);
    board.applyPoll(region, target("etl"), success(withIdleSessions(1)), MINUTE);
    board.applyDiscovery(region, {
      accountId: "111122223333",
      failure: { reason: "access_denied", operation: "ListWorkGroups", message: "no" },
    });
    expect(board.workgroups()).toMatchObject([{ workgroup: "etl", up: true }]);
    expect(board.accounts()).toMatchObject([
      { up: false, failure: { reason: "access_denied" }, workgroups: 1 },
    ]);
  });

  it("carries its account's id as soon as that is known", () => {
    const { board } = boardOf(["etl"]);
    expect([...board.rendered()].map(({ lines }) => lines.accountId)).toEqual(["111122223333"]);
    board.applyDiscovery(region, { accountId: "444455556666" });
    expect([...board.rendered()].map(({ lines }) => lines.accountId)).toEqual(["444455556666"]);
  });
});

describe("the limits on sessions with series of their own", () => {
  it("hold for a workgroup and for all together", () => {
    const { board } = boardOf(["a", "b", "c"], { sessionLimits: { perWorkgroup: 5, total: 8 } });
    for (const workgroup of ["a", "b", "c"]) {
      board.applyPoll(region, target(workgroup), success(withIdleSessions(20)), MINUTE);
    }
    expect(board.workgroups().map(({ shownSessions }) => shownSessions)).toEqual([5, 3, 0]);
    expect(board.workgroups().map(({ omittedSessions }) => omittedSessions)).toEqual([15, 17, 20]);
  });

  it("do not shrink a workgroup's share by polling it again", () => {
    const { board } = boardOf(["a"], { sessionLimits: { perWorkgroup: 100, total: 4 } });
    const athena = withIdleSessions(10);
    const poller = new Poller(athena);
    for (let polls = 0; polls < 3; polls += 1) {
      board.applyPoll(region, target("a"), success(athena, poller), MINUTE);
    }
    expect(board.workgroups()).toMatchObject([{ shownSessions: 4 }]);
  });
});

describe("a board that is reconfigured", () => {
  it("keeps what stays, by its new settings, and drops what is gone", () => {
    const { board, clock } = boardOf(["etl"]);
    board.applyPoll(region, target("etl"), success(withIdleSessions(3)), MINUTE);
    const other = { ...region, key: "|us-east-1", region: "us-east-1" };
    const settings = { ...defaults, clock, render: (view: WorkgroupView) => view };
    board.reconfigure([{ ...region, accountName: "data" }, other], {
      ...settings,
      idleThresholdsSeconds: [30, 3600],
      sessionLimits: { perWorkgroup: 1, total: 1 },
    });
    expect([...board.rendered()]).toMatchObject([
      {
        lines: {
          accountName: "data",
          shownSessions: 1,
          omittedSessions: 2,
          snapshot: { idle: [{ count: 3 }, { count: 0 }], takenAtMs: NOON },
        },
      },
    ]);
    expect(board.accounts()).toMatchObject([{ up: true, region: "eu-west-1" }, { up: false }]);
    board.reconfigure([other], settings);
    expect(board.workgroups()).toEqual([]);
    expect([...board.rendered()]).toEqual([]);
    expect(board.accounts()).toMatchObject([{ region: "us-east-1" }]);
  });
});

describe("an account's region", () => {
  it("is there from the start, not up", () => {
    const board = new Board([region], { ...defaults, render: () => "" });
    expect(board.accounts()).toEqual([
      { accountId: "", accountName: "", region: "eu-west-1", up: false, lastSuccessMs: 0, workgroups: 0 },
    ]);
    expect(board.isReady()).toBe(false);
  });

  it("was tried, but is not ready, when it could not be read at all", () => {
    const { board } = boardOf([]);
    const unread = new Board([region], { ...defaults, render: () => "" });
    const problem = { reason: "credentials", operation: "GetCallerIdentity", message: "none" } as const;
    unread.applyDiscovery(region, { accountId: "", targets: [], failure: problem });
    expect([unread.wasAllTried(), unread.isReady()]).toEqual([true, false]);
    expect([board.wasAllTried(), board.isReady()]).toEqual([true, true]);
  });

  it("no longer fails when a discovery works again", () => {
    const { board } = boardOf([]);
    const problem = { reason: "network", operation: "ListWorkGroups", message: "no" } as const;
    board.applyDiscovery(region, { accountId: "1", failure: problem });
    board.applyDiscovery(region, { accountId: "1", targets: [] });
    expect(board.accounts()[0]).not.toHaveProperty("failure");
    expect(board.accounts()).toMatchObject([{ up: true, lastSuccessMs: NOON }]);
  });
});
