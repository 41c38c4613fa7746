import { expect, test } from "vitest";
import { QUIET } from "../../../src/simulator/behaviour.ts";
import { startAlertStack } from "./alert-stack.ts";
import { until } from "../until.ts";

const TEST_TIMEOUT_MS = 240_000;
/** Stands for 45 minutes, which is longer than the "for" of any rule. */
const OBSERVED_SECONDS = 45;
const SECOND_MS = 1000;
const PYSPARK = "PySpark engine version 3";
/** Sessions that start, work, are idle for a while and end. */
const HEALTHY_SESSIONS = {
  ...QUIET,
  arrivalsPerHour: 900,
  busyMs: { min: SECOND_MS, max: 5 * SECOND_MS },
  pauseMs: { min: SECOND_MS, max: 5 * SECOND_MS },
  terminatingMs: { min: SECOND_MS, max: 3 * SECOND_MS },
  idleTimeoutMs: 20 * SECOND_MS,
  failAtStartShare: 0.01,
  failLaterShare: 0.01,
  degradeShare: 0,
};

test(
  "a healthy fleet fires no alert, despite occasional failed polls and a deleted workgroup",
  async () => {
    const { simulator, prometheus, webhook } = await startAlertStack([
      { name: "etl", engine: PYSPARK, behaviour: HEALTHY_SESSIONS, warmUpMs: 60 * SECOND_MS },
      { name: "notebooks", engine: PYSPARK, behaviour: HEALTHY_SESSIONS },
      { name: "finance", engine: PYSPARK },
      { name: "short-lived", engine: PYSPARK, sessions: [{ state: "BUSY", atMs: Date.now() - SECOND_MS }] },
    ]);
    const scrapes = "count_over_time(athena_exporter_total_shards[10m])";
    const untilScraped = (times: number) =>
      until(
        `${times} scrapes`,
        async () => ((await prometheus.value(scrapes)) ?? 0) >= times,
        2 * OBSERVED_SECONDS * SECOND_MS,
      );
    const failedPolls = async () =>
      (await prometheus.value('sum(athena_workgroup_poll_failures_total{workgroup="etl"})')) ?? 0;

    for (const seconds of [10, 20, 30]) {
      await untilScraped(seconds);
      // As many faults as attempts of a request, so that the poll fails.
      simulator.faults.add({ kind: "internal-error", operation: "ListSessions", workgroup: "etl", times: 3 });
    }
    simulator.fleet.deleteWorkgroup({ workgroup: "short-lived" });
    await untilScraped(OBSERVED_SECONDS);

    expect(await failedPolls()).toBe(3);
    expect(await prometheus.value("sum(athena_sessions_ended_total)")).toBeGreaterThan(5);
    expect(await prometheus.query('athena_workgroup_up{workgroup="short-lived"}')).toEqual([]);
    expect(await prometheus.query('last_over_time(ALERTS{alertstate="firing"}[10m])')).toEqual([]);
    expect(webhook.notifications).toEqual([]);
  },
  TEST_TIMEOUT_MS,
);
