import { collectDefaultMetrics, Gauge, Registry } from "prom-client";
import { describe, expect, test } from "vitest";
import { EXPORTER_FAMILIES } from "../../src/metrics/exporter-families.ts";
import { ExporterMetrics } from "../../src/metrics/exporter-metrics.ts";
import { collectRegistry } from "../../src/metrics/registry-text.ts";

const BUILD = { version: "1.2.3", revision: "abc", nodeVersion: "v24.0.0" };
const PLACE = { accountId: "123456789012", region: "eu-west-1" };

function exporterMetrics(): ExporterMetrics {
  return new ExporterMetrics(BUILD, (error) => {
    throw error;
  });
}

function linesOf(text: string, name: string): string[] {
  return text.split("\n").filter((line) => line.startsWith(name));
}

describe("requests to AWS", () => {
  test("are there as 0 from when the account's region is known, failures with every reason", async () => {
    const metrics = exporterMetrics();
    metrics.addRegion(PLACE);
    metrics.addRegion(PLACE);
    const text = await metrics.text("text");
    expect(linesOf(text, "athena_exporter_api_requests_total")).toEqual(
      ["ListSessions", "ListWorkGroups", "GetSessionStatus"].map(
        (operation) =>
          `athena_exporter_api_requests_total{aws_account_id="123456789012",aws_region="eu-west-1",operation="${operation}"} 0`,
      ),
    );
    expect(linesOf(text, "athena_exporter_api_request_failures_total")).toHaveLength(30);
    expect(linesOf(text, "athena_exporter_polls_skipped_total")).toEqual([
      'athena_exporter_polls_skipped_total{aws_account_id="123456789012",aws_region="eu-west-1"} 0',
    ]);
  });

  test("are counted, failures by reason", async () => {
    const metrics = exporterMetrics();
    metrics.recordAttempt({ ...PLACE, operation: "ListSessions", durationMs: 60 });
    metrics.recordAttempt({ ...PLACE, operation: "ListSessions", durationMs: 60, reason: "throttled" });
    const text = await metrics.text("text");
    expect(text).toContain('operation="ListSessions"} 2\n');
    expect(text).toContain('operation="ListSessions",reason="throttled"} 1\n');
    expect(text).toContain('operation="ListSessions",reason="timeout"} 0\n');
  });

  test("move to the account's id when it becomes known, and never double", async () => {
    const metrics = exporterMetrics();
    const unknown = { accountId: "", region: "eu-west-1" };
    metrics.recordAttempt({ ...unknown, operation: "ListSessions", durationMs: 10 });
    metrics.identifyAccount("eu-west-1", "123456789012");
    metrics.recordAttempt({ ...unknown, operation: "ListSessions", durationMs: 10 });
    metrics.recordAttempt({ ...PLACE, operation: "ListSessions", durationMs: 10 });
    metrics.recordSkippedPolls(PLACE, 4);
    const text = await metrics.text("text");
    expect(text).not.toContain('aws_account_id=""');
    expect(linesOf(text, "athena_exporter_api_requests_total")[0]).toBe(
      'athena_exporter_api_requests_total{aws_account_id="123456789012",aws_region="eu-west-1",operation="ListSessions"} 3',
    );
    expect(linesOf(text, "athena_exporter_polls_skipped_total")).toHaveLength(1);
  });

  test("have a histogram of durations, in seconds, from 0.05 to 30", async () => {
    const metrics = exporterMetrics();
    metrics.recordAttempt({ ...PLACE, operation: "ListSessions", durationMs: 700 });
    const name = "athena_exporter_api_request_duration_seconds";
    expect(linesOf(await metrics.text("text"), name)).toEqual([
      ...["0.05", "0.1", "0.25", "0.5"].map((le) => `${name}_bucket{le="${le}",operation="ListSessions"} 0`),
      ...["1", "2.5", "5", "10", "30", "+Inf"].map(
        (le) => `${name}_bucket{le="${le}",operation="ListSessions"} 1`,
      ),
      `${name}_sum{operation="ListSessions"} 0.7`,
      `${name}_count{operation="ListSessions"} 1`,
    ]);
    expect(await metrics.text("openmetrics")).toContain('le="1.0"');
  });
});

describe("the process", () => {
  test("says what it is", async () => {
    expect(await exporterMetrics().text("text")).toContain(
      'athena_exporter_build_info{version="1.2.3",revision="abc",node_version="v24.0.0"} 1\n',
    );
  });

  test("has prom-client's defaults, less gauges named like counters", async () => {
    const text = await exporterMetrics().text("text");
    expect(text).toContain("# TYPE process_cpu_seconds_total counter");
    expect(text).toContain("# TYPE nodejs_eventloop_lag_seconds gauge");
    expect(text).not.toMatch(/# TYPE \S+_total gauge/);
  });

  test("has every family of the table once it has work", async () => {
    const metrics = exporterMetrics();
    metrics.recordAttempt({ ...PLACE, operation: "ListSessions", durationMs: 1 });
    const text = await metrics.text("text");
    for (const { name, type, help } of Object.values(EXPORTER_FAMILIES)) {
      expect(text).toContain(`# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`);
    }
  });
});

test("a metric that cannot be collected leaves the others alone", async () => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const broken = new Gauge({
    name: "broken",
    help: "h",
    registers: [],
    collect: () => {
      throw new Error("no such file");
    },
  });
  registry.registerMetric(broken);
  const failed: string[] = [];
  const text = await collectRegistry(registry, "text", (error, metric) =>
    failed.push(`${metric}: ${String(error)}`),
  );
  expect(failed).toEqual(["broken: Error: no such file"]);
  expect(text).toContain("process_cpu_seconds_total");
  expect(text).not.toContain("broken");
});
