import { expect, test } from "vitest";
import type { SessionOptions } from "../../../src/simulator/workgroup.ts";
import { startAlertStack } from "./alert-stack.ts";
import { ACCOUNT_ID, REGION } from "../test-simulator.ts";

const TEST_TIMEOUT_MS = 240_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const PYSPARK = "PySpark engine version 3";
const WORKGROUPS = ["etl", "notebooks", "finance"].map((name) => ({ name, engine: PYSPARK }));

function session(state: SessionOptions["state"], ageMs: number, description: string): SessionOptions {
  const atMs = Date.now() - ageMs;
  return { state, atMs, startMs: atMs - MINUTE_MS, description };
}

test(
  "each problem sends a notification that names the session or workgroup, and another when it is resolved",
  async () => {
    const { simulator, webhook } = await startAlertStack(WORKGROUPS);
    const notebooks = { workgroup: "notebooks" };
    const sessionIds: Readonly<Record<string, string>> = {
      AthenaSessionIdleTooLong: simulator.fleet.addSession(
        notebooks,
        session("IDLE", 2 * HOUR_MS, "forgotten (ana)"),
      ),
      AthenaSessionDegraded: simulator.fleet.addSession(notebooks, session("DEGRADED", MINUTE_MS, "train")),
      AthenaSessionStuckCreating: simulator.fleet.addSession(
        notebooks,
        session("CREATING", HOUR_MS, "backfill"),
      ),
    };
    const clearFault = simulator.faults.add({ kind: "access-denied", workgroup: "finance" });

    for (const [alertname, session_id] of Object.entries(sessionIds)) {
      const notification = await webhook.until("firing", { alertname, session_id });
      expect(notification.labels).toEqual({
        alertname,
        severity: expect.any(String) as string,
        aws_account_id: ACCOUNT_ID,
        aws_region: REGION,
        workgroup: "notebooks",
        session_id,
      });
      expect(notification.annotations["summary"]).toContain(`session ${session_id} in workgroup notebooks`);
      expect(notification.annotations["description"]).toContain(`--session-id ${session_id}`);
    }
    const idle = webhook.last({ alertname: "AthenaSessionIdleTooLong" });
    expect(idle?.annotations["description"]).toContain("forgotten (ana)");
    const unreadable = await webhook.until("firing", { alertname: "AthenaWorkgroupUnreadable" });
    expect(unreadable.labels).toMatchObject({ workgroup: "finance" });
    expect(unreadable.annotations["summary"]).toBe(
      "Athena workgroup finance cannot be polled: access_denied",
    );
    await webhook.until("firing", { alertname: "AthenaWorkgroupStale", workgroup: "finance" });

    for (const id of Object.values(sessionIds))
      simulator.fleet.moveSession(notebooks, id, "TERMINATED", Date.now());
    clearFault();
    const names = [...Object.keys(sessionIds), "AthenaWorkgroupUnreadable", "AthenaWorkgroupStale"];
    for (const alertname of names) await webhook.until("resolved", { alertname });
    expect(new Set(webhook.notifications.map(({ labels }) => labels["alertname"]))).toEqual(new Set(names));
  },
  TEST_TIMEOUT_MS,
);
