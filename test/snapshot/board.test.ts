import { describe, expect, it } from "vitest";
import type { Clock } from "../../src/clock.ts";
import type { PollResult } from "../../src/poll/poll.ts";
import { Board, type BoardListener, type BoardOptions } from "../../src/snapshot/board.ts";
import type { WorkgroupView } from "../../src/snapshot/view.ts";
import type { AccountRegion, Target } from "../../src/targets/account-region.ts";
import { DEFAULT_THRESHOLDS } from "../thresholds.ts";
import { FakeAthena, MINUTE, NOON, Poller } from "../sessions/fake-athena.ts";

const accountRegion: AccountRegion = {
  key: "|eu-west-1",
  accountName: "",
  accountId: "",
  conflictingRoles: [],
  region: "eu-west-1",
  accounts: [],
  discoveryIntervalMs: 5 * MINUTE,
  shard: { ordinal: 0, total: 1 },
};

const target = (workgroup: string): Target => ({
  key: `${accountRegion.key}|${workgroup}`,
  workgroup,
  engineVersion: "PySpark engine version 3",
});

class TestClock implements Clock {
  ms = 0;
  wallMs = () => NOON + this.ms;
  monotonicMs = () => this.ms;
  after = () => () => {};
}

/** Keeps the latest view of each workgroup that the board published. */
class Published implements BoardListener {
  readonly views = new Map<string, { readonly view: WorkgroupView; readonly expireAtMs: number }>();
  accountChanges = 0;

  changed(key: string, view: WorkgroupView, expireAtMs: number): void {
    this.views.set(key, { view, expireAtMs });
  }

  removed(key: string): void {
    this.views.delete(key);
  }

  accountsChanged(): void {
    this.accountChanges += 1;
  }

  all(): WorkgroupView[] {
    return [...this.views.values()].map(({ view }) => view);
  }
}

const defaults: BoardOptions = {
  idleThresholdsSeconds: [60],
  thresholds: DEFAULT_THRESHOLDS,
  pollIntervalMs: MINUTE,
  staleAfterMs: 5 * MINUTE,
  showsDetails: false,
  showsDurations: true,
  dpuHourUsd: 0.35,
  sessionLimits: { perWorkgroup: 100, total: 1000 },
};

/** A board with workgroups already discovered. */
function boardOf(workgroups: readonly string[], options: Partial<BoardOptions> = {}) {
  const clock = new TestClock();
  const published = new Published();
  const board = new Board([accountRegion], { ...defaults, ...options }, clock, published);
  board.applyDiscovery(accountRegion, { accountId: "111122223333", targets: workgroups.map(target) });
  return { board, clock, published };
}

function success(athena: FakeAthena, poller = new Poller(athena)): PollResult {
  return { outcome: { findings: poller.poll() }, durationMs: 250, requests: 1, attempts: [] };
}

function failure(reason: "throttled" | "not_found"): PollResult {
  return {
    outcome: { failure: { reason, operation: "ListSessions", message: "no" } },
    durationMs: 10_000,
    requests: 3,
    attempts: [],
  };
}

function withIdleSessions(count: number): FakeAthena {
  const athena = new FakeAthena();
  for (let index = 0; index < count; index += 1) athena.put(`s${index}`, "IDLE");
  return athena;
}

describe("quotas on DPUs", () => {
  const QUOTAS = new Map([["Apache Spark DPU concurrency", 160]]);

  it("are shown with the DPUs of the sessions of all workgroups, as long as polls are not too old", () => {
    const { board, clock } = boardOf(["etl", "notebooks"]);
    for (const workgroup of ["etl", "notebooks"]) {
      board.applyPoll(accountRegion, target(workgroup), success(withIdleSessions(2)), MINUTE);
    }
    expect(board.accountRegions()[0]).not.toHaveProperty("activeDpus");
    board.setDpuQuotas(accountRegion, QUOTAS);
    const active = () => board.accountRegions()[0]?.activeDpus;
    expect(active()).toEqual(new Map([["Apache Spark DPU concurrency", 4]]));
    clock.ms += 10 * MINUTE;
    expect(active()).toEqual(new Map([["Apache Spark DPU concurrency", 0]]));
    board.setDpuQuotas(accountRegion, undefined);
    expect(active()).toBeUndefined();
  });

  it("of another account are forgotten", () => {
    const { board } = boardOf(["etl"]);
    board.setDpuQuotas(accountRegion, QUOTAS);
    board.applyDiscovery(accountRegion, { accountId: "111122223333", targets: [] });
    expect(board.accountRegions()[0]?.dpuQuotas).toEqual(QUOTAS);
    board.applyDiscovery(accountRegion, { accountId: "999999999999", targets: [] });
    expect(board.accountRegions()[0]?.dpuQuotas).toBeUndefined();
  });
});

describe("a workgroup on the board", () => {
  it("exists once it is discovered, not up and with counters at 0", () => {
    const { board } = boardOf(["etl"]);
    expect(board.workgroups()).toMatchObject([
      { workgroup: "etl", up: false, lastSuccessMs: 0, polls: 0, counters: { started: 0 } },
    ]);
    expect(board.workgroups()[0]).not.toHaveProperty("snapshot");
    expect(board.isReady()).toBe(false);
  });

  it("has a snapshot after a successful poll", () => {
    const { board } = boardOf(["etl"]);
    board.applyPoll(accountRegion, target("etl"), success(withIdleSessions(2)), MINUTE);
    expect(board.workgroups()).toMatchObject([
      { up: true, lastSuccessMs: NOON, lastPollSeconds: 0.25, snapshot: { sessions: { IDLE: 2 } } },
    ]);
    expect(board.isReady()).toBe(true);
  });

  it("keeps the snapshot of its last successful poll when a poll fails, and reports the failure", () => {
    const { board } = boardOf(["etl"]);
    board.applyPoll(accountRegion, target("etl"), success(withIdleSessions(2)), MINUTE);
    board.applyPoll(accountRegion, target("etl"), failure("throttled"), MINUTE);
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
    "loses its snapshot $staleMs ms after the last success if its planned interval is $plannedIntervalMs ms",
    ({ plannedIntervalMs, staleMs }) => {
      const { board, clock, published } = boardOf(["etl"]);
      board.applyPoll(accountRegion, target("etl"), success(withIdleSessions(2)), plannedIntervalMs);
      clock.ms = staleMs - 1;
      board.applyPoll(accountRegion, target("etl"), failure("throttled"), plannedIntervalMs);
      expect(board.workgroups()[0]).toHaveProperty("snapshot");
      expect([...published.views.values()][0]?.expireAtMs).toBe(staleMs);
      clock.ms = staleMs;
      expect(board.workgroups()[0]).not.toHaveProperty("snapshot");
      expect(board.workgroups()).toMatchObject([{ lastSuccessMs: NOON, counters: { started: 0 } }]);
    },
  );

  it("does not get back what was withdrawn when a failed poll plans a longer interval", () => {
    const { board, clock } = boardOf(["etl"]);
    board.applyPoll(accountRegion, target("etl"), success(withIdleSessions(2)), MINUTE);
    clock.ms = 6 * MINUTE;
    board.applyPoll(accountRegion, target("etl"), failure("throttled"), 5 * MINUTE);
    expect(board.workgroups()[0]).not.toHaveProperty("snapshot");
  });

  it("loses its snapshot at once when Athena reports that the workgroup does not exist", () => {
    const { board } = boardOf(["etl"]);
    board.applyPoll(accountRegion, target("etl"), success(withIdleSessions(2)), MINUTE);
    board.applyPoll(accountRegion, target("etl"), failure("not_found"), MINUTE);
    expect(board.workgroups()[0]).not.toHaveProperty("snapshot");
  });

  it("is removed when discovery no longer returns it, and frees its share of the limit", () => {
    const { board, published } = boardOf(["etl", "other"], {
      sessionLimits: { perWorkgroup: 100, total: 3 },
    });
    board.applyPoll(accountRegion, target("etl"), success(withIdleSessions(3)), MINUTE);
    board.applyDiscovery(accountRegion, { accountId: "111122223333", targets: [target("other")] });
    board.applyPoll(accountRegion, target("other"), success(withIdleSessions(3)), MINUTE);
    expect(board.workgroups()).toMatchObject([{ workgroup: "other", shownSessions: 3 }]);
    expect(published.all()).toHaveLength(1);
  });

  it("remains when a discovery fails", () => {
    const { board } = boardOf(["etl"]);
    board.applyPoll(accountRegion, target("etl"), success(withIdleSessions(1)), MINUTE);
    board.applyDiscovery(accountRegion, {
      accountId: "111122223333",
      failure: { reason: "access_denied", operation: "ListWorkGroups", message: "no" },
    });
    expect(board.workgroups()).toMatchObject([{ workgroup: "etl", up: true }]);
    expect(board.accountRegions()).toMatchObject([
      { up: false, failure: { reason: "access_denied" }, workgroups: 1 },
    ]);
  });

  it("has its account id as soon as it is known", () => {
    const { board, published } = boardOf(["etl"]);
    expect(published.all().map(({ accountId }) => accountId)).toEqual(["111122223333"]);
    board.applyDiscovery(accountRegion, { accountId: "444455556666" });
    expect(published.all().map(({ accountId }) => accountId)).toEqual(["444455556666"]);
  });
});

describe("the limits of per-session series", () => {
  it("apply to each workgroup and to all workgroups together", () => {
    const { board } = boardOf(["a", "b", "c"], { sessionLimits: { perWorkgroup: 5, total: 8 } });
    for (const workgroup of ["a", "b", "c"]) {
      board.applyPoll(accountRegion, target(workgroup), success(withIdleSessions(20)), MINUTE);
    }
    expect(board.workgroups().map(({ shownSessions }) => shownSessions)).toEqual([5, 3, 0]);
    expect(board.workgroups().map(({ omittedSessions }) => omittedSessions)).toEqual([15, 17, 20]);
  });

  it("keep the series of the most urgent sessions, whichever workgroup was polled first", () => {
    const { board } = boardOf(["a", "b", "c"], { sessionLimits: { perWorkgroup: 10, total: 3 } });
    board.applyPoll(accountRegion, target("a"), success(withIdleSessions(3)), MINUTE);
    const degraded = new FakeAthena();
    degraded.put("degraded", "DEGRADED");
    board.applyPoll(accountRegion, target("b"), success(degraded), MINUTE);
    expect(board.workgroups().map(({ shownSessions }) => shownSessions)).toEqual([2, 1, 0]);
    const longIdle = new FakeAthena();
    longIdle.put("long-idle", "IDLE", { idleSinceMs: NOON - 60 * MINUTE });
    board.applyPoll(accountRegion, target("c"), success(longIdle), MINUTE);
    expect(board.workgroups().map(({ shownSessions }) => shownSessions)).toEqual([1, 1, 1]);
    board.applyPoll(accountRegion, target("b"), success(new FakeAthena()), MINUTE);
    expect(board.workgroups().map(({ shownSessions }) => shownSessions)).toEqual([2, 0, 1]);
  });

  it("do not reduce a workgroup's share when it is polled again", () => {
    const { board } = boardOf(["a"], { sessionLimits: { perWorkgroup: 100, total: 4 } });
    const athena = withIdleSessions(10);
    const poller = new Poller(athena);
    for (let polls = 0; polls < 3; polls += 1) {
      board.applyPoll(accountRegion, target("a"), success(athena, poller), MINUTE);
    }
    expect(board.workgroups()).toMatchObject([{ shownSessions: 4 }]);
  });
});

describe("a board whose configuration changes", () => {
  it("keeps the accounts and regions that remain, with their new settings, and removes the others", () => {
    const { board, published } = boardOf(["etl"]);
    board.applyPoll(accountRegion, target("etl"), success(withIdleSessions(3)), MINUTE);
    const other = { ...accountRegion, key: "|us-east-1", region: "us-east-1" };
    const role = { arn: "arn:aws:iam::123456789012:role/athena" };
    board.applyConfig([{ ...accountRegion, accountName: "data", role }, other], {
      ...defaults,
      idleThresholdsSeconds: [30, 3600],
      sessionLimits: { perWorkgroup: 1, total: 1 },
    });
    expect(published.all()).toMatchObject([
      {
        accountName: "data",
        roleArn: role.arn,
        shownSessions: 1,
        omittedSessions: 2,
        snapshot: { idle: [{ count: 3 }, { count: 0 }], takenAtMs: NOON },
      },
    ]);
    expect(board.accountRegions()).toMatchObject([{ up: true, region: "eu-west-1" }, { up: false }]);
    board.applyConfig([other], defaults);
    expect(board.workgroups()).toEqual([]);
    expect(published.all()).toEqual([]);
    expect(board.accountRegions()).toMatchObject([{ region: "us-east-1" }]);
  });
});

describe("an account and region", () => {
  it("tells the listener that it has changed, as does the organization", () => {
    const { board, published } = boardOf([]);
    const changes: number[] = [];
    const change = (action: () => void) => {
      const before = published.accountChanges;
      action();
      changes.push(published.accountChanges - before);
    };
    change(() =>
      board.applyDiscovery(accountRegion, {
        accountId: "111122223333",
        failure: { reason: "network", operation: "ListWorkGroups", message: "no" },
      }),
    );
    change(() => board.setDpuQuotas(accountRegion, new Map()));
    change(() => board.setOrganization(undefined));
    change(() => board.applyConfig([accountRegion], defaults));
    change(() => board.applyAccountRegions([accountRegion]));
    expect(changes).toEqual([1, 1, 1, 1, 1]);
  });

  it("has not changed where discovery finds the same again", () => {
    const { board, clock, published } = boardOf(["etl"]);
    const before = published.accountChanges;
    clock.ms += MINUTE;
    board.applyDiscovery(accountRegion, { accountId: "111122223333", targets: [target("etl")] });
    expect(published.accountChanges).toBe(before);
    expect(board.accountRegions()).toMatchObject([{ lastSuccessMs: NOON + MINUTE }]);
  });

  it("exists from the start, not up", () => {
    const board = new Board([accountRegion], defaults, new TestClock(), new Published());
    expect(board.accountRegions()).toEqual([
      {
        accountId: "",
        accountName: "",
        roleArn: "",
        region: "eu-west-1",
        up: false,
        lastSuccessMs: 0,
        workgroups: 0,
      },
    ]);
    expect(board.isReady()).toBe(false);
  });

  it("counts as tried, but not as ready, if its first discovery fails", () => {
    const { board } = boardOf([]);
    const unread = new Board([accountRegion], defaults, new TestClock(), new Published());
    const problem = { reason: "credentials", operation: "GetCallerIdentity", message: "none" } as const;
    unread.applyDiscovery(accountRegion, { accountId: "", targets: [], failure: problem });
    expect([unread.wasAllTried(), unread.isReady()]).toEqual([true, false]);
    expect([board.wasAllTried(), board.isReady()]).toEqual([true, true]);
  });

  it("no longer fails after a successful discovery", () => {
    const { board } = boardOf([]);
    const problem = { reason: "network", operation: "ListWorkGroups", message: "no" } as const;
    board.applyDiscovery(accountRegion, { accountId: "1", failure: problem });
    board.applyDiscovery(accountRegion, { accountId: "1", targets: [] });
    expect(board.accountRegions()[0]).not.toHaveProperty("failure");
    expect(board.accountRegions()).toMatchObject([{ up: true, lastSuccessMs: NOON }]);
  });
});
