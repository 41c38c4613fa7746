import { expect, test } from "vitest";
import { startVirtual, type VirtualExporter } from "./virtual-exporter.ts";

const MINUTE_MS = 60_000;
const perSession = (totalLimit: number) => ({
  sessions: { perSession: { enabled: true, limit: 100, totalLimit, labels: [] } },
});

/** Ids of the sessions that have series. */
function shownIn(exporter: VirtualExporter): string[] {
  return exporter
    .boardLines()
    .filter((line) => line.startsWith("athena_session_info{"))
    .map((line) => /session_id="([^"]*)"/.exec(line)?.[1] ?? "")
    .sort();
}

test("total_limit: a DEGRADED session of the workgroup that is polled last gets its series, and the least urgent one loses its own", async () => {
  const exporter = startVirtual({ ...perSession(4), poll: { intervalMs: MINUTE_MS } }, (aws) => {
    const nowMs = Date.UTC(2026, 0, 1);
    for (const [index, workgroup] of ["a", "b", "c"].entries()) {
      aws.addWorkgroup(workgroup);
      aws.putSession(workgroup, `idle for long in ${workgroup}`, "IDLE", nowMs - (60 + index) * MINUTE_MS);
    }
    aws.putSession("a", "idle for a minute", "IDLE", nowMs - MINUTE_MS);
  });
  await exporter.advanceUntil("all polled", () => exporter.manager.board.isReady());
  const long = ["idle for long in a", "idle for long in b", "idle for long in c"];
  expect(shownIn(exporter)).toEqual(["idle for a minute", ...long]);
  const last = exporter.polls.at(-1)?.workgroup ?? "";
  exporter.aws.putSession(last, "broken", "DEGRADED");
  await exporter.advanceUntil("all polled again", () => exporter.polls.length >= 6);
  expect(exporter.polls.at(-1)?.workgroup).toBe(last);
  expect(shownIn(exporter)).toEqual(["broken", ...long]);
  const omitted = exporter.manager.board.workgroups().map((view) => [view.workgroup, view.omittedSessions]);
  expect(Object.fromEntries(omitted)).toEqual({ a: 1, b: 0, c: 0 });
});

test("total_limit: with thousands of sessions, a DEGRADED one gets its series within ten polls", async () => {
  const exporter = startVirtual({ ...perSession(2000), poll: { intervalMs: MINUTE_MS } }, (aws) => {
    for (let workgroup = 0; workgroup < 30; workgroup += 1) {
      aws.addWorkgroup(`team-${workgroup}`);
      for (let session = 0; session < 100; session += 1) {
        aws.putSession(
          `team-${workgroup}`,
          `${workgroup} ${session}`,
          "IDLE",
          Date.UTC(2026, 0, 1) - session * MINUTE_MS,
        );
      }
    }
  });
  await exporter.advanceUntil("all polled", () => exporter.manager.board.isReady());
  expect(shownIn(exporter)).toHaveLength(2000);
  exporter.aws.putSession("team-7", "broken", "DEGRADED");
  await exporter.advanceUntil("seen", () => exporter.view("team-7").snapshot?.sessions.DEGRADED === 1);
  const seen = exporter.polls.length;
  await exporter.advanceUntil("shown", () => shownIn(exporter).includes("broken"));
  expect(exporter.polls.length - seen).toBeLessThanOrEqual(10);
  expect(shownIn(exporter)).toHaveLength(2000);
});
