import { pino } from "pino";
import { expect, test } from "vitest";
import { EventLog } from "../../src/app/event-log.ts";
import { newTracker } from "../../src/sessions/tracker.ts";
import { accountRegionsOf } from "../../src/targets/expand.ts";
import { configOf, REGION } from "./config.ts";

test("the progress of the first round leaves out workgroups that are no longer polled", () => {
  const lines: unknown[] = [];
  const write = (line: string) => void lines.push(JSON.parse(line));
  const logger = pino({ base: null, timestamp: false }, { write });
  const clock = { ms: 0 };
  const log = new EventLog(logger, {
    wallMs: () => clock.ms,
    monotonicMs: () => clock.ms,
    after: () => () => {},
  });
  const [accountRegion] = accountRegionsOf(configOf().accounts, REGION);
  if (accountRegion === undefined) throw new Error("there is no account and region");
  const [a, b, c] = ["a", "b", "c"].map((name) => ({ key: name, workgroup: name, engineVersion: "" }));
  if (a === undefined || b === undefined || c === undefined) throw new Error("there are three targets");
  const outcome = { findings: { tracker: newTracker, events: [] } };
  const success = { outcome, durationMs: 1, requests: 1, attempts: [] };
  log.configured([accountRegion]);
  log.discovered(accountRegion, { accountId: "", targets: [a, b] });
  log.polled(accountRegion, a, success, 60_000);
  log.discovered(accountRegion, { accountId: "", targets: [b, c] });
  clock.ms = 20_000;
  log.polled(accountRegion, b, success, 60_000);
  expect(lines.at(-1)).toMatchObject({ polled: 1, workgroups: 2, msg: "first round of polls in progress" });
});
