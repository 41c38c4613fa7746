import { expect, test } from "vitest";
import { configOf } from "./config.ts";
import { startVirtual } from "./virtual-exporter.ts";

const MINUTE_MS = 60_000;
/** When a virtual clock starts. */
const START_MS = Date.UTC(2026, 0, 1);
const { sessions } = configOf();

test("sessions whose samples are withdrawn leave their part of the total limit to others", async () => {
  const exporter = startVirtual(
    {
      poll: { intervalMs: MINUTE_MS },
      sessions: { perSession: { ...sessions.perSession, totalLimit: 2 } },
    },
    (aws) => {
      for (const [workgroup, ageMs] of [
        ["failing", 2 * MINUTE_MS],
        ["working", MINUTE_MS],
      ] as const) {
        aws.addWorkgroup(workgroup);
        for (const number of [1, 2])
          aws.putSession(workgroup, `${workgroup} ${number}`, "IDLE", START_MS - ageMs);
      }
    },
  );
  const { manager, aws, clock } = exporter;
  await exporter.advanceUntil("all polled", () => manager.board.isReady());
  expect(exporter.view("failing")).toMatchObject({ shownSessions: 2 });
  expect(exporter.view("working")).toMatchObject({ shownSessions: 0, omittedSessions: 2 });
  aws.fault({ operation: "ListSessions", workgroup: "failing" }, "access_denied");
  await clock.advance(8 * MINUTE_MS);
  expect(exporter.view("failing").snapshot).toBeUndefined();
  expect(exporter.view("working")).toMatchObject({ shownSessions: 2, omittedSessions: 0 });
});
