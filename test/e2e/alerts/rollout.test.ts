import { expect, test } from "vitest";
import type { ServedRequest } from "../../../src/simulator/request-log.ts";
import type { Exporter } from "../exporter.ts";
import { until } from "../until.ts";
import { startAlertStack } from "./alert-stack.ts";
import type { ScrapeTarget } from "./scrape-target.ts";

const TEST_TIMEOUT_MS = 240_000;
const WORKGROUPS = Array.from({ length: 24 }, (_, index) => `team-${index}`);
/** Timers of a busy machine are late, and a poll takes a moment. */
const LATENESS_MS = 1_000;
/** AthenaExporterAbsent fires after 5 s here, some of which pass before Prometheus scrapes the new exporters. */
const SLOW_START_MS = 3_000;

/** A pod: an exporter and the target that Prometheus discovers for it. */
interface Pod {
  readonly exporter: Exporter;
  readonly target: ScrapeTarget;
}

/** The longest time between two polls of a workgroup, over all workgroups. */
function longestPauseMs(requests: readonly ServedRequest[]): number {
  const pauses = WORKGROUPS.flatMap((name) => {
    const times = requests
      .filter(({ operation, workgroup }) => operation === "ListSessions" && workgroup === name)
      .map(({ atMs }) => atMs);
    expect(times.length).toBeGreaterThan(1);
    return times.slice(1).map((atMs, index) => atMs - (times[index] ?? atMs));
  });
  return Math.max(...pauses);
}

test(
  "rollouts from one to three shards and back fire no alert and poll each workgroup within an interval and a start",
  async () => {
    const workgroups = WORKGROUPS.map((name) => ({ name, engine: "PySpark engine version 3" }));
    const { simulator, exporter, targets, prometheus, startWith } = await startAlertStack(workgroups, 3);
    const [first, ...others] = targets;
    const alerts = (selector: string) => prometheus.query(`count_over_time(ALERTS${selector}[1h])`);

    /** The time until all new pods are ready. Helm deletes the former workload as soon as the new one is created. */
    async function replace(former: readonly Pod[], targetsOfNew: readonly ScrapeTarget[]) {
      const startMs = Date.now();
      const total = targetsOfNew.length;
      const starting = targetsOfNew.map(async (target, ordinal): Promise<Pod> => {
        const pod = await startWith([`--shard.ordinal=${ordinal}`, `--shard.total=${total}`]);
        target.setExporter(pod);
        return { exporter: await pod.untilReady(), target };
      });
      for (const pod of former) pod.exporter.program.signal("SIGTERM");
      for (const pod of former) {
        await pod.exporter.program.exited;
        pod.target.setExporter(undefined);
      }
      const pods = await Promise.all(starting);
      return { pods, tookMs: Date.now() - startMs };
    }

    /** Waits until Prometheus sees the new pods and no alert is about to fire. */
    async function settle(total: number): Promise<void> {
      const totals = `count(athena_exporter_total_shards == ${total})`;
      await until("the new pods", async () => (await prometheus.value(totals)) === total);
      await until("no pending alert", async () => (await prometheus.query("ALERTS")).length === 0);
      const polled = "count(athena_workgroup_up == 1)";
      await until("every workgroup once", async () => (await prometheus.value(polled)) === WORKGROUPS.length);
    }

    await settle(1);
    const intervalMs = longestPauseMs(simulator.requests.entries);
    const up = await replace([{ exporter, target: first }], others.slice(0, 3));
    await settle(3);
    const down = await replace(up.pods, others.slice(3));
    await settle(1);

    const startMs = Math.max(up.tookMs, down.tookMs);
    const longestMs = longestPauseMs(simulator.requests.entries);
    expect(longestMs).toBeLessThanOrEqual(intervalMs + startMs + LATENESS_MS);
    // Rules are sixty times as fast, starts are not: a slow one counts as minutes without an exporter.
    const selector =
      startMs > SLOW_START_MS
        ? '{alertstate="firing", alertname!="AthenaExporterAbsent"}'
        : '{alertstate="firing"}';
    expect(await alerts(selector)).toEqual([]);
  },
  TEST_TIMEOUT_MS,
);
