import { collectDefaultMetrics, Gauge, Registry } from "prom-client";
import { describe, expect, test } from "vitest";
import { EXPORTER_FAMILIES } from "../../src/metrics/exporter-families.ts";
import { ExporterMetrics } from "../../src/metrics/exporter-metrics.ts";
import { collectRegistry } from "../../src/metrics/registry-text.ts";

const BUILD = { version: "1.2.3", revision: "abc", nodeVersion: "v24.0.0" };
const KEY = "123456789012|eu-west-1";
const LABELS = { accountId: "123456789012", region: "eu-west-1" };
const OPERATIONS = ["ListSessions", "ListWorkGroups", "GetSessionStatus"];

function exporterMetrics(): ExporterMetrics {
  const metrics = new ExporterMetrics(BUILD, (error) => {
    throw error;
  });
  metrics.addAccountRegion(KEY, LABELS, OPERATIONS);
  return metrics;
}

function linesOf(text: string, name: string): string[] {
  return text.split("\n").filter((line) => line.startsWith(name));
}

test("delays of the exposition are a histogram in seconds, with zeros before the first scrape", async () => {
  const metrics = exporterMetrics();
  const name = "athena_exporter_exposition_delay_seconds";
  expect(linesOf(await metrics.text("text"), `${name}_count`)).toEqual([`${name}_count 0`]);
  metrics.recordExpositionDelay(0);
  metrics.recordExpositionDelay(100);
  metrics.recordExpositionDelay(3000);
  expect(linesOf(await metrics.text("text"), name)).toEqual([
    `${name}_bucket{le="0.005"} 1`,
    `${name}_bucket{le="0.01"} 1`,
    `${name}_bucket{le="0.025"} 1`,
    `${name}_bucket{le="0.05"} 1`,
    `${name}_bucket{le="0.1"} 2`,
    `${name}_bucket{le="0.25"} 2`,
    `${name}_bucket{le="0.5"} 2`,
    `${name}_bucket{le="1"} 2`,
    `${name}_bucket{le="2.5"} 2`,
    `${name}_bucket{le="+Inf"} 3`,
    `${name}_sum 3.1`,
    `${name}_count 3`,
  ]);
});

describe("API requests", () => {
  test("are initialized to 0 for each account and region, failures for every reason", async () => {
    const metrics = exporterMetrics();
    metrics.addAccountRegion(KEY, LABELS, OPERATIONS);
    const text = await metrics.text("text");
    expect(linesOf(text, "athena_exporter_api_requests_total")).toEqual(
      OPERATIONS.map(
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
    metrics.recordAttempt(KEY, { operation: "ListSessions", durationMs: 60 });
    metrics.recordAttempt(KEY, { operation: "ListSessions", durationMs: 60, reason: "throttled" });
    const text = await metrics.text("text");
    expect(text).toContain('operation="ListSessions"} 2\n');
    expect(text).toContain('operation="ListSessions",reason="throttled"} 1\n');
    expect(text).toContain('operation="ListSessions",reason="timeout"} 0\n');
  });

  test("are moved to the account id once it is known, without duplicates", async () => {
    const metrics = exporterMetrics();
    metrics.removeAccountRegion(KEY);
    metrics.addAccountRegion("own", { accountId: "", region: "eu-west-1" }, OPERATIONS);
    metrics.recordAttempt("own", { operation: "ListSessions", durationMs: 10 });
    metrics.identifyAccount("own", "123456789012");
    metrics.recordAttempt("own", { operation: "ListSessions", durationMs: 10 });
    metrics.recordAttempt("own", { operation: "ListSessions", durationMs: 10 });
    metrics.recordSkippedPolls("own", 4);
    const text = await metrics.text("text");
    expect(text).not.toContain('aws_account_id=""');
    expect(linesOf(text, "athena_exporter_api_requests_total")[0]).toBe(
      'athena_exporter_api_requests_total{aws_account_id="123456789012",aws_region="eu-west-1",operation="ListSessions"} 3',
    );
    expect(linesOf(text, "athena_exporter_polls_skipped_total")).toHaveLength(1);
  });

  test("restart at 0 when the credentials belong to another account", async () => {
    const metrics = exporterMetrics();
    metrics.recordAttempt(KEY, { operation: "ListSessions", durationMs: 10 });
    metrics.identifyAccount(KEY, "210987654321");
    expect(linesOf(await metrics.text("text"), "athena_exporter_api_requests_total")[0]).toBe(
      'athena_exporter_api_requests_total{aws_account_id="210987654321",aws_region="eu-west-1",operation="ListSessions"} 0',
    );
  });

  test("are removed with their account and region, and are not added again", async () => {
    const metrics = exporterMetrics();
    metrics.removeAccountRegion(KEY);
    metrics.recordAttempt(KEY, { operation: "ListSessions", durationMs: 10, reason: "timeout" });
    metrics.recordSkippedPolls(KEY, 1);
    metrics.identifyAccount(KEY, "210987654321");
    expect(linesOf(await metrics.text("text"), "athena_exporter_api_requests_total")).toEqual([]);
    expect(linesOf(await metrics.text("text"), "athena_exporter_polls_skipped_total")).toEqual([]);
  });

  test("have a histogram of durations with buckets from 0.05 s to 30 s", async () => {
    const metrics = exporterMetrics();
    metrics.recordAttempt(KEY, { operation: "ListSessions", durationMs: 700 });
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
  test("exposes its build info", async () => {
    expect(await exporterMetrics().text("text")).toContain(
      'athena_exporter_build_info{version="1.2.3",revision="abc",node_version="v24.0.0"} 1\n',
    );
  });

  test("exposes prom-client's default metrics, except gauges named like counters", async () => {
    const text = await exporterMetrics().text("text");
    expect(text).toContain("# TYPE process_cpu_seconds_total counter");
    expect(text).toContain("# TYPE nodejs_eventloop_lag_seconds gauge");
    expect(text).not.toMatch(/# TYPE \S+_total gauge/);
  });

  test("exposes every documented family after the first API request", async () => {
    const metrics = exporterMetrics();
    metrics.recordAttempt(KEY, { operation: "ListSessions", durationMs: 1 });
    const text = await metrics.text("text");
    for (const { name, type, help } of Object.values(EXPORTER_FAMILIES)) {
      expect(text).toContain(`# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`);
    }
  });
});

test("a sample that is NaN is omitted, such as event loop lag before its first measurement", async () => {
  const registry = new Registry();
  new Gauge({ name: "lag", help: "h", registers: [registry] }).set(Number.NaN);
  new Gauge({ name: "up", help: "h", registers: [registry] }).set(1);
  expect(await collectRegistry(registry, "text", () => undefined)).toBe(
    "# HELP up h\n# TYPE up gauge\nup 1\n",
  );
});

test("a metric whose collection fails is omitted, and the others are exposed", async () => {
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
