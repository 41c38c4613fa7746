import { expect, test } from "vitest";
import { RequestLog } from "../../src/simulator/request-log.ts";
import { QUIET } from "../../src/simulator/behaviour.ts";
import { Fleet } from "../../src/simulator/fleet.ts";

const EPOCH_MS = Date.UTC(2026, 0, 1);
const DAY_MS = 86_400_000;

test("a simulator that runs for weeks drops the oldest ended sessions, but no active ones", () => {
  const behaviour = { ...QUIET, arrivalsPerHour: 100 };
  const workgroups = [
    { name: "etl", behaviour, history: 3000, sessions: [{ state: "IDLE", atMs: EPOCH_MS, id: "leaked" }] },
  ] as const;
  const fleet = new Fleet([{ id: "111111111111", regions: { "eu-west-1": workgroups } }], 1, EPOCH_MS);
  const [truth] = fleet.truth(EPOCH_MS + 12 * DAY_MS);
  expect((truth?.active.length ?? 0) + (truth?.ended.length ?? 0)).toBeLessThanOrEqual(20_000);
  expect(truth?.active.at(-1)?.id).toBe("leaked");
});

test("the request log is bounded, but counts every request", () => {
  const log = new RequestLog();
  const request = {
    service: "athena",
    operation: "ListSessions",
    accountId: "111111111111",
    region: "eu-west-1",
    workgroup: "etl",
    stateFilter: "",
    status: 200,
    error: "",
    fault: "",
  } as const;
  for (let atMs = 0; atMs < 50_000; atMs++) log.add({ ...request, status: atMs % 5 === 0 ? 400 : 200, atMs });
  expect(log.entries.length).toBeLessThanOrEqual(20_000);
  expect(log.entries.at(-1)?.atMs).toBe(49_999);
  expect([log.total, log.count(), log.count({ status: 400, workgroup: "etl" })]).toEqual([
    50_000, 50_000, 10_000,
  ]);
});
