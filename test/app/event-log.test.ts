import { pino } from "pino";
import { expect, test } from "vitest";
import { WatchLog } from "../../src/app/event-log.ts";
import type { PollResult } from "../../src/poll/poll.ts";
import { newTracker } from "../../src/sessions/tracker.ts";
import type { Region, Target } from "../../src/targets/account-region.ts";

const region: Region = {
  key: "|eu-west-1",
  accountName: "",
  accountId: "",
  region: "eu-west-1",
  selections: [{ include: [], exclude: [] }],
  discoveryIntervalMs: 300_000,
};

const targets = ["a", "b", "c", "d"].map((workgroup): Target => ({
  key: workgroup,
  workgroup,
  engineVersion: "PySpark engine version 3",
}));

const success: PollResult = {
  outcome: { findings: { tracker: newTracker, events: [], lookupsDenied: false } },
  durationMs: 1,
  calls: 1,
};

/** A log that is read, on a clock that the test moves. */
function logged(): { log: WatchLog; lines: Record<string, unknown>[]; clock: { ms: number } } {
  const lines: Record<string, unknown>[] = [];
  const clock = { ms: 0 };
  const logger = pino(
    { base: null, timestamp: false },
    { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
  );
  const log = new WatchLog(logger, {
    wallMs: () => clock.ms,
    monotonicMs: () => clock.ms,
    after: () => () => {},
  });
  log.discovered(region, { accountId: "111122223333", targets });
  lines.length = 0;
  return { log, lines, clock };
}

test("a first round that is long says how far it is, now and then", () => {
  const { log, lines, clock } = logged();
  for (const target of targets) {
    clock.ms += 10_000;
    log.polled(region, target, success);
  }
  expect(lines).toEqual([{ level: 30, polled: 2, workgroups: 4, msg: "first round of polls under way" }]);
  for (const target of targets) log.polled(region, target, success);
  expect(lines).toHaveLength(1);
});

test("a workgroup that fails is told when it starts, when the reason changes, and when it is back", () => {
  const { log, lines } = logged();
  const [target] = targets;
  if (target === undefined) throw new Error("there is no target");
  const failing = (reason: "throttled" | "timeout") => {
    const failure = { reason, operation: "ListSessions", message: "no" };
    log.polled(region, target, { outcome: { failure }, durationMs: 1, calls: 1 });
  };
  failing("throttled");
  failing("throttled");
  failing("timeout");
  log.polled(region, target, success);
  log.polled(region, target, success);
  expect(lines.map(({ msg, reason, workgroup }) => [msg, reason, workgroup])).toEqual([
    ["workgroup is failing", "throttled", "a"],
    ["workgroup is failing", "timeout", "a"],
    ["workgroup is back", undefined, "a"],
  ]);
});
