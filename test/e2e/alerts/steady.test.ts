import { expect, test } from "vitest";
import { startAlertStack } from "./alert-stack.ts";
import { until } from "../until.ts";

const DEADLINE_MS = 60_000;
const TEST_TIMEOUT_MS = 240_000;
const HOUR_MS = 3_600_000;
const WORKGROUP = "notebooks";
const READ = `athena_workgroup_up{workgroup="${WORKGROUP}"}`;
const FIRING = 'ALERTS{alertname="AthenaSessionIdleTooLong",alertstate="firing"}';

test(
  "a doubled exporter, a restarted one and a spell of stale numbers tell nobody that it is over, nor tell it twice",
  async () => {
    const { world, exporter, targets, prometheus, webhook, startAnother } = await startAlertStack([
      { name: WORKGROUP, engine: "PySpark engine version 3" },
    ]);
    const [first, second] = targets;
    const id = world.fleet.addSession(
      { workgroup: WORKGROUP },
      { state: "IDLE", atMs: Date.now() - 2 * HOUR_MS },
    );
    const told = () =>
      webhook.told.filter(({ labels }) => labels["session_id"] === id).map(({ status }) => status);
    const untilSeries = (what: string, query: string, count: number) =>
      until(what, async () => (await prometheus.query(query)).length === count, DEADLINE_MS);
    await webhook.until("firing", { session_id: id });

    const another = await startAnother();
    second.is(another);
    await untilSeries("two exporters of the same", READ, 2);
    await untilSeries("one alert of both", FIRING, 1);

    first.is(undefined);
    second.is(undefined);
    exporter.program.signal("SIGTERM");
    await untilSeries("no exporter", READ, 0);
    second.is(another);
    await untilSeries("an exporter under another instance name", READ, 1);
    expect((await prometheus.query(READ))[0]?.metric["instance"]).toBe(new URL(second.url).host);
    await untilSeries("the alert still there", FIRING, 1);

    const permit = world.faults.add({ kind: "access-denied", workgroup: WORKGROUP });
    const stale = { alertname: "AthenaWorkgroupStale", workgroup: WORKGROUP };
    await webhook.until("firing", stale);
    await untilSeries("numbers that are older than any alert is kept for", FIRING, 0);
    permit();
    await untilSeries("the alert again", FIRING, 1);
    await webhook.until("resolved", stale);
    expect(told()).toEqual(["firing"]);

    world.fleet.moveSession({ workgroup: WORKGROUP }, id, "TERMINATED", Date.now());
    await webhook.until("resolved", { session_id: id });
    expect(told()).toEqual(["firing", "resolved"]);
    const others = webhook.told.map(({ labels }) => labels["alertname"]);
    expect(others).not.toContain("AthenaExporterAbsent");
  },
  TEST_TIMEOUT_MS,
);
