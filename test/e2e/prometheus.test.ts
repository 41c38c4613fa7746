import { expect, test } from "vitest";
import { systemClock } from "../../src/clock.ts";
import type { Simulator } from "../../src/simulator/simulator.ts";
import { startExporter } from "./exporter.ts";
import { startPrometheus, type Prometheus, type Sample, valuesBy } from "./prometheus.ts";
import { startScrapeRelay } from "./scrape-relay.ts";
import { until } from "./until.ts";
import { ACCOUNT_ID, environmentOf, REGION, startTestSimulator } from "./test-simulator.ts";

const ARGS = ["--poll.interval=1s"];
const TEXT = "text/plain;version=0.0.4";

/** The number of active sessions by state in all Spark workgroups; states without a session are absent. */
function activeByState(simulator: Simulator): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { active } of simulator.fleet.truth(systemClock.wallMs())) {
    for (const { state } of active) counts[state] = (counts[state] ?? 0) + 1;
  }
  return counts;
}

function ofJob(job: string, samples: readonly Sample[]): readonly Sample[] {
  return samples.filter(({ metric }) => metric["job"] === job);
}

/** Waits until a query has a value. */
async function untilValue(prometheus: Prometheus, promql: string): Promise<number> {
  const value = await until(promql, async () => prometheus.value(promql));
  return value;
}

test("PromQL results match the simulator, scraped as OpenMetrics and as text", async () => {
  const simulator = await startTestSimulator();
  const exporter = await (await startExporter(ARGS, { environment: environmentOf(simulator) })).untilReady();
  const asked = await startScrapeRelay(exporter.url);
  const text = await startScrapeRelay(exporter.url, TEXT);
  const prometheus = await startPrometheus({ direct: exporter.url, asked: asked.url, text: text.url });

  await until("all three jobs to be up", async () => {
    const up = valuesBy(
      "job",
      await prometheus.query('up == 1 and on(job) athena_workgroup_up{workgroup="etl"} == 1'),
    );
    return Object.keys(up).length === 3;
  });
  const truth = activeByState(simulator);
  const active = await prometheus.query("sum by (job, state) (athena_sessions) > 0");
  const idle = await prometheus.query("sum by (job, min_idle_seconds) (athena_idle_sessions)");
  for (const job of ["direct", "asked", "text"]) {
    expect(valuesBy("state", ofJob(job, active))).toEqual(truth);
    expect(valuesBy("min_idle_seconds", ofJob(job, idle))).toEqual({ "900": 3, "3600": 2, "14400": 1 });
  }
  expect(asked.scrapes.map(({ contentType }) => contentType)).toContain(
    "application/openmetrics-text; version=1.0.0; charset=utf-8",
  );
  expect(asked.scrapes.every(({ contentEncoding }) => contentEncoding === "gzip")).toBe(true);
  expect(text.scrapes.every(({ contentType }) => contentType.startsWith("text/plain; version=0.0.4"))).toBe(
    true,
  );
  expect(
    await prometheus.value(
      `count(athena_workgroup_info{job="direct",aws_account_id="${ACCOUNT_ID}",aws_region="${REGION}"})`,
    ),
  ).toBe(3);
});

test("counters count each start, degradation and end after the first poll once", async () => {
  const simulator = await startTestSimulator();
  const exporter = await (await startExporter(ARGS, { environment: environmentOf(simulator) })).untilReady();
  const prometheus = await startPrometheus({ direct: exporter.url });
  expect(await untilValue(prometheus, "sum(athena_sessions_started_total)")).toBe(0);

  const baselineMs = systemClock.wallMs() - 1;
  const { fleet } = simulator;
  const place = { workgroup: "etl" };
  const started = [1, 2, 3].map(() => fleet.addSession(place, { state: "BUSY", atMs: systemClock.wallMs() }));
  await until("the starts", async () => (await prometheus.value("sum(athena_sessions_started_total)")) === 3);
  const [first = "", second = "", third = ""] = started;
  fleet.moveSession(place, first, "TERMINATED", systemClock.wallMs(), "Session was terminated per request");
  fleet.moveSession(place, second, "FAILED", systemClock.wallMs(), "out of memory");
  fleet.moveSession(place, third, "DEGRADED", systemClock.wallMs());

  await until("the ends", async () => (await prometheus.value("sum(athena_sessions_ended_total)")) === 2);
  await until(
    "the degraded",
    async () => (await prometheus.value("sum(athena_sessions_degraded_total)")) === 1,
  );
  const [{ since } = { since: undefined }] = fleet.truth(systemClock.wallMs(), baselineMs);
  expect(valuesBy("state", await prometheus.query('athena_sessions_ended_total{workgroup="etl"}'))).toEqual({
    TERMINATED: since?.terminated,
    FAILED: since?.failed,
    UNKNOWN: 0,
  });
  expect(await prometheus.value('athena_sessions_started_total{workgroup="etl"}')).toBe(since?.started);
  expect(valuesBy("state", await prometheus.query("sum by (state) (athena_sessions) > 0"))).toEqual(
    activeByState(simulator),
  );
});

test("a failing workgroup has up 0, keeps its last counts and does not affect others", async () => {
  const simulator = await startTestSimulator();
  const exporter = await (await startExporter(ARGS, { environment: environmentOf(simulator) })).untilReady();
  const prometheus = await startPrometheus({ direct: exporter.url });
  await untilValue(prometheus, "sum(athena_sessions)");

  const clear = simulator.faults.add({ kind: "access-denied", workgroup: "etl" });
  await until("the failure", async () => (await prometheus.value("athena_workgroup_up == 0")) === 0);
  expect(valuesBy("workgroup", await prometheus.query("athena_workgroup_up"))).toEqual({
    etl: 0,
    notebooks: 1,
    quiet: 1,
  });
  expect(valuesBy("reason", await prometheus.query("athena_workgroup_failing"))).toEqual({
    access_denied: 1,
  });
  expect(await prometheus.value('sum(athena_sessions{workgroup="etl"})')).toBe(4);
  expect(await prometheus.value("up")).toBe(1);

  clear();
  await until("the recovery", async () => (await prometheus.value("sum(athena_workgroup_up)")) === 3);
  await until("no reason", async () => (await prometheus.value("athena_workgroup_failing")) === undefined);
});
