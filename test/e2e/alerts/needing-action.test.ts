import { expect, test } from "vitest";
import type { SessionOptions } from "../../../src/simulator/workgroup.ts";
import { runExporter } from "../exporter.ts";
import { until } from "../until.ts";
import { startAlertStack } from "./alert-stack.ts";

const TEST_TIMEOUT_MS = 240_000;
const DEADLINE_MS = 60_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const PYSPARK = "PySpark engine version 3";

const session = (
  state: SessionOptions["state"],
  sinceMs: number,
  startedMs = sinceMs + MINUTE_MS,
): SessionOptions => ({ state, atMs: Date.now() - sinceMs, startMs: Date.now() - startedMs });

const NEEDING_ACTION = [
  session("IDLE", 2 * HOUR_MS),
  session("DEGRADED", MINUTE_MS),
  session("CREATING", HOUR_MS),
  session("TERMINATING", HOUR_MS),
  session("BUSY", 13 * HOUR_MS),
  session("BUSY", MINUTE_MS, 25 * HOUR_MS),
  session("IDLE", 26 * HOUR_MS),
];
const OTHERS = [
  session("IDLE", 50 * MINUTE_MS),
  session("CREATING", MINUTE_MS),
  session("BUSY", 11 * HOUR_MS),
  session("CREATED", MINUTE_MS),
];

interface SessionRecord {
  readonly session_id: string;
  readonly over_threshold: string;
}

const idsOf = (sessions: readonly SessionRecord[]) =>
  sessions.flatMap(({ session_id: id, over_threshold: reached }) => (reached === "" ? [] : [id])).toSorted();

test(
  "the sessions that need action on the page, in lists and in metrics are those that alerts fire for",
  async () => {
    const { simulator, exporter, prometheus } = await startAlertStack([{ name: "etl", engine: PYSPARK }]);
    const add = (options: SessionOptions) => simulator.fleet.addSession({ workgroup: "etl" }, options);
    const expected = NEEDING_ACTION.map(add).toSorted();
    OTHERS.forEach(add);

    await until(
      "an alert for each",
      async () => {
        const alerts = await prometheus.query(
          'count by (session_id) (ALERTS{alertname=~"AthenaSession[A-Z].+",alertstate="firing",session_id!=""})',
        );
        const fired = alerts.map(({ metric }) => metric["session_id"] ?? "").toSorted();
        expect(fired).toEqual(expected);
        return true;
      },
      DEADLINE_MS,
    );
    const response = await fetch(`${exporter.url}/api/v1/sessions`);
    const { sessions } = (await response.json()) as { readonly sessions: readonly SessionRecord[] };
    expect(sessions).toHaveLength(NEEDING_ACTION.length + OTHERS.length);
    expect(idsOf(sessions)).toEqual(expected);
    const page = await (await fetch(`${exporter.url}/`)).text();
    expect(page).toContain(`${expected.length} sessions need action.`);
    const metric = "athena_sessions_over_threshold";
    // The session of 26 hours has reached two thresholds.
    expect(await prometheus.value(`sum(${metric})`)).toBe(expected.length + 1);

    const { environment } = simulator;
    const config = "poll: {rate_limit: 1000}\nthresholds: {degraded: 5s}";
    const { stdout } = await runExporter(["sessions", "--state=terminating", "--output=json"], {
      environment: { ...environment, ATHENA_EXPORTER_CONFIG_CONTENT: config },
    });
    const [terminating] = JSON.parse(stdout) as readonly SessionRecord[];
    expect(terminating?.over_threshold).toBe("terminating");
  },
  TEST_TIMEOUT_MS,
);
