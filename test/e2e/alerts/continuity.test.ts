import { expect, test } from "vitest";
import { startAlertStack } from "./alert-stack.ts";
import { until } from "../until.ts";

const DEADLINE_MS = 60_000;
const TEST_TIMEOUT_MS = 240_000;
const HOUR_MS = 3_600_000;
const WORKGROUP = "notebooks";
const WORKGROUP_UP = `athena_workgroup_up{workgroup="${WORKGROUP}"}`;
const FIRING = 'ALERTS{alertname="AthenaSessionIdleTooLong",alertstate="firing"}';

test(
  "an alert is notified once and does not resolve during HA pairs, restarts and short periods of stale metrics",
  async () => {
    const { simulator, exporter, targets, prometheus, webhook, startAnother } = await startAlertStack([
      { name: WORKGROUP, engine: "PySpark engine version 3" },
    ]);
    const [first, second] = targets;
    const id = simulator.fleet.addSession(
      { workgroup: WORKGROUP },
      { state: "IDLE", atMs: Date.now() - 2 * HOUR_MS },
    );
    const statuses = () =>
      webhook.notifications.filter(({ labels }) => labels["session_id"] === id).map(({ status }) => status);
    const untilSeries = (what: string, query: string, count: number) =>
      until(what, async () => (await prometheus.query(query)).length === count, DEADLINE_MS);
    await webhook.until("firing", { session_id: id });

    const another = await startAnother();
    second.setExporter(another);
    await untilSeries("two exporters of the same workgroup", WORKGROUP_UP, 2);
    await untilSeries("one alert for both", FIRING, 1);

    first.setExporter(undefined);
    second.setExporter(undefined);
    exporter.program.signal("SIGTERM");
    await untilSeries("no exporter", WORKGROUP_UP, 0);
    second.setExporter(another);
    await untilSeries("an exporter under another instance name", WORKGROUP_UP, 1);
    expect((await prometheus.query(WORKGROUP_UP))[0]?.metric["instance"]).toBe(new URL(second.url).host);
    await untilSeries("the alert still there", FIRING, 1);

    const clearFault = simulator.faults.add({ kind: "access-denied", workgroup: WORKGROUP });
    const stale = { alertname: "AthenaWorkgroupStale", workgroup: WORKGROUP };
    await webhook.until("firing", stale);
    const sessionSeries = `athena_session_info{workgroup="${WORKGROUP}"}`;
    expect(await prometheus.query(sessionSeries)).toEqual([]);
    expect(await prometheus.query(FIRING)).toHaveLength(1);
    clearFault();
    await untilSeries("the session again", sessionSeries, 1);
    await webhook.until("resolved", stale);
    expect(statuses()).toEqual(["firing"]);

    simulator.fleet.moveSession({ workgroup: WORKGROUP }, id, "TERMINATED", Date.now());
    await webhook.until("resolved", { session_id: id });
    expect(statuses()).toEqual(["firing", "resolved"]);
    const others = webhook.notifications.map(({ labels }) => labels["alertname"]);
    expect(others).not.toContain("AthenaExporterAbsent");
  },
  TEST_TIMEOUT_MS,
);
