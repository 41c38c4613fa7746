import { pino } from "pino";
import { expect, test } from "vitest";
import { EventLog } from "../../src/app/event-log.ts";
import type { PollResult } from "../../src/poll/poll.ts";
import { newTracker } from "../../src/sessions/tracker.ts";
import type { AccountRegion, Target } from "../../src/targets/account-region.ts";
import { accountRegionsOf } from "../../src/targets/expand.ts";
import { configOf, REGION } from "./config.ts";

const ACCOUNT_ID = "111122223333";

const success: PollResult = {
  outcome: { findings: { tracker: newTracker, events: [] } },
  durationMs: 1,
  requests: 1,
  attempts: [],
};

const targetsOf = (...names: readonly string[]): Target[] =>
  names.map((workgroup) => ({ key: workgroup, workgroup, engineVersion: "PySpark engine version 3" }));

/** A log that is read, on a clock that the test moves, of accounts and regions that are not yet discovered. */
function logOf(...regions: readonly string[]) {
  const lines: Record<string, unknown>[] = [];
  const clock = { ms: 0 };
  const logger = pino(
    { base: null, timestamp: false },
    { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
  );
  const accountRegions = accountRegionsOf(configOf({ configured: [{ regions }] }).accounts, "");
  const log = new EventLog(logger, {
    wallMs: () => clock.ms,
    monotonicMs: () => clock.ms,
    after: () => () => {},
  });
  log.configured(accountRegions);
  const discover = (accountRegion: AccountRegion, targets: readonly Target[]) => {
    log.discovered(accountRegion, { accountId: ACCOUNT_ID, targets });
    lines.length = 0;
  };
  return { log, lines, clock, accountRegions, discover, logger };
}

/** The one account and region of a log. */
function only([accountRegion]: readonly AccountRegion[]): AccountRegion {
  if (accountRegion === undefined) throw new Error("there is no account and region");
  return accountRegion;
}

test("a long first round logs its progress now and then, until it is done", () => {
  const { log, lines, clock, accountRegions, discover } = logOf(REGION);
  const targets = targetsOf("a", "b", "c", "d");
  discover(only(accountRegions), targets);
  for (const target of targets) {
    clock.ms += 10_000;
    log.polled(only(accountRegions), target, success, 60_000);
  }
  expect(lines).toEqual([{ level: 30, polled: 2, workgroups: 4, msg: "first round of polls in progress" }]);
  for (const target of targets) log.polled(only(accountRegions), target, success, 60_000);
  expect(lines).toHaveLength(1);
});

test("the progress of the first round is logged until the last account and region is done", () => {
  const { log, lines, clock, accountRegions, discover } = logOf("eu-west-1", "us-east-1");
  const [quick, slow] = accountRegions;
  if (quick === undefined || slow === undefined) throw new Error("there are no two accounts and regions");
  const poll = (accountRegion: AccountRegion, target: Target) => {
    clock.ms += 20_000;
    log.polled(accountRegion, target, success, 60_000);
  };
  const [quickTargets, slowTargets] = [targetsOf("a", "b"), targetsOf("c", "d", "e")];
  discover(quick, quickTargets);
  for (const target of quickTargets) poll(quick, target);
  discover(slow, slowTargets);
  for (const target of slowTargets) poll(slow, target);
  expect(lines.map(({ polled, workgroups }) => [polled, workgroups])).toEqual([
    [3, 5],
    [4, 5],
  ]);
  discover(slow, targetsOf("c", "d", "e", "a new one"));
  for (const target of quickTargets) poll(quick, target);
  expect(lines).toEqual([]);
});

test("the first round is done without an account and region that a reload removes", () => {
  const { log, lines, clock, accountRegions, discover } = logOf("eu-west-1", "us-east-1");
  const [kept, removed] = accountRegions;
  if (kept === undefined || removed === undefined) throw new Error("there are no two accounts and regions");
  const targets = targetsOf("a", "b");
  discover(removed, targetsOf("c", "d", "e"));
  discover(kept, targets);
  log.configured([kept]);
  for (let round = 0; round < 3; round += 1) {
    for (const target of targets) {
      clock.ms += 20_000;
      log.polled(kept, target, success, 60_000);
    }
  }
  expect(lines.map(({ polled, workgroups }) => [polled, workgroups])).toEqual([[1, 2]]);
});

test("an account and region that a reload adds again is logged as failing again", () => {
  const { log, lines, accountRegions } = logOf(REGION);
  const failure = { reason: "access_denied", operation: "ListWorkGroups", message: "no" } as const;
  log.discovered(only(accountRegions), { accountId: ACCOUNT_ID, failure });
  log.configured([]);
  log.configured(accountRegions);
  log.discovered(only(accountRegions), { accountId: ACCOUNT_ID, failure });
  expect(lines.map(({ msg }) => msg)).toEqual([
    "account and region is failing",
    "account and region is failing",
  ]);
});

test("a failing workgroup is logged when it starts to fail, when the reason changes, and when it recovers", () => {
  const { log, lines, accountRegions, discover } = logOf(REGION);
  const targets = targetsOf("a");
  discover(only(accountRegions), targets);
  const [target] = targets;
  if (target === undefined) throw new Error("there is no target");
  const fail = (reason: "throttled" | "timeout") => {
    const failure = { reason, operation: "ListSessions", message: "no" };
    log.polled(
      only(accountRegions),
      target,
      { outcome: { failure }, durationMs: 1, requests: 1, attempts: [] },
      60_000,
    );
  };
  fail("throttled");
  fail("throttled");
  fail("timeout");
  log.polled(only(accountRegions), target, success, 60_000);
  log.polled(only(accountRegions), target, success, 60_000);
  expect(lines.map(({ msg, reason, workgroup }) => [msg, reason, workgroup])).toEqual([
    ["workgroup is failing", "throttled", "a"],
    ["workgroup is failing", "timeout", "a"],
    ["workgroup recovered", undefined, "a"],
  ]);
});

test("a failing account and region is logged when it starts to fail, and when it recovers", () => {
  const { log, lines, accountRegions } = logOf(REGION);
  const failure = { reason: "access_denied", operation: "ListWorkGroups", message: "no" } as const;
  for (let count = 0; count < 2; count += 1) {
    log.discovered(only(accountRegions), { accountId: ACCOUNT_ID, failure });
  }
  log.discovered(only(accountRegions), { accountId: ACCOUNT_ID });
  expect(lines.map(({ msg, reason }) => [msg, reason])).toEqual([
    ["account and region is failing", "access_denied"],
    ["account and region recovered", undefined],
  ]);
});

test("the end of a session tells who started and ended it, as far as is known and shown", () => {
  const { log, lines, accountRegions, discover } = logOf(REGION);
  const [target] = targetsOf("a");
  if (target === undefined) throw new Error("there is no target");
  discover(only(accountRegions), [target]);
  const session = { id: "s", state: "TERMINATED", endMs: 0, description: "", engineVersion: "" } as const;
  const event = { kind: "ended", endState: "TERMINATED", session } as const;
  const startedBy = { name: "ana", arn: "arn:ana" };
  log.happened(only(accountRegions), target, event, {});
  log.happened(only(accountRegions), target, event, { startedBy, endedBy: "idle_timeout", isLate: true });
  log.happened(only(accountRegions), target, event, {
    startedBy: { name: "5f0c", arn: "" },
    endedBy: startedBy,
  });
  log.happened(only(accountRegions), target, event, { endedBy: { name: "", arn: "" } });
  const common = {
    aws_account_id: ACCOUNT_ID,
    aws_region: REGION,
    workgroup: "a",
    session_id: "s",
    state: "TERMINATED",
  };
  const line = { level: 30, ...common, msg: "session ended" };
  const ended = { ended_at: "1970-01-01T00:00:00.000Z", ended_by: "idle_timeout" };
  expect(lines).toEqual([
    line,
    { ...line, started_by: "ana", started_by_arn: "arn:ana", ...ended },
    { ...line, started_by: "5f0c", ended_by: "ana", ended_by_arn: "arn:ana" },
    { ...line, ended_by: "caller" },
  ]);
});

test("lookups of owners are logged when they start to fail, when the reason changes, and when they recover", () => {
  const { log, lines, accountRegions, discover } = logOf(REGION);
  discover(only(accountRegions), targetsOf("a"));
  const fail = (reason: "throttled" | "access_denied") =>
    log.ownersLookedUp(only(accountRegions), { reason, operation: "LookupEvents", message: "no" });
  log.ownersLookedUp(only(accountRegions), undefined);
  fail("throttled");
  fail("throttled");
  fail("access_denied");
  log.ownersLookedUp(only(accountRegions), undefined);
  expect(lines.map(({ msg, reason }) => [msg, reason])).toEqual([
    ["lookup of owners is failing", "throttled"],
    ["lookup of owners is failing", "access_denied"],
    ["lookup of owners recovered", undefined],
  ]);
  expect(lines[0]?.["advice"]).toMatch(/^CloudTrail allows 2 requests a second/);
});

test("at debug, each poll has a line with the schedule's choice, and one with its calls", () => {
  const { log, lines, accountRegions, discover, logger } = logOf(REGION);
  const [target] = targetsOf("etl");
  if (target === undefined) throw new Error("there is no target");
  discover(only(accountRegions), [target]);
  const attempts = [
    { operation: "ListSessions", attempt: 1, durationMs: 150, reason: "throttled" as const },
    { operation: "ListSessions", attempt: 2, durationMs: 50 },
  ];
  const poll = () => {
    const choice = { class: "cold", waitedMs: 95_000, plannedIntervalMs: 90_000, skipped: 1 } as const;
    log.picked(only(accountRegions), target, { key: target.key, ...choice });
    log.polled(only(accountRegions), target, { ...success, durationMs: 250, requests: 2, attempts }, 60_000);
  };
  poll();
  expect(lines).toEqual([]);
  logger.level = "debug";
  poll();
  const place = { level: 20, aws_account_id: ACCOUNT_ID, aws_region: REGION, workgroup: "etl" };
  expect(lines).toEqual([
    {
      ...place,
      class: "cold",
      waited_seconds: 95,
      planned_interval_seconds: 90,
      skipped_polls: 1,
      msg: "poll starts",
    },
    {
      ...place,
      requests: 2,
      duration_seconds: 0.25,
      planned_interval_seconds: 60,
      calls: [
        { operation: "ListSessions", attempt: 1, duration_seconds: 0.15, outcome: "throttled" },
        { operation: "ListSessions", attempt: 2, duration_seconds: 0.05, outcome: "ok" },
      ],
      msg: "polled",
    },
  ]);
});

test("lines name the account where the configuration does", () => {
  const { log, lines, accountRegions } = logOf(REGION);
  const named = { ...only(accountRegions), accountName: "data-platform" };
  log.configured([named]);
  log.discovered(named, { accountId: ACCOUNT_ID, targets: targetsOf("etl") });
  expect(lines).toMatchObject([
    { aws_account_id: ACCOUNT_ID, account_name: "data-platform", msg: "workgroups to poll" },
  ]);
});
