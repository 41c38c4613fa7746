import { gunzipSync } from "node:zlib";
import { request } from "node:http";
import { expect, test } from "vitest";
import { type Exporter, startExporter } from "./exporter.ts";
import { parseExposition, seriesOf, valueOf } from "./exposition.ts";
import { runProgram } from "./program.ts";
import {
  ACCOUNT_ID,
  environmentOf,
  HOSTILE_DESCRIPTION,
  REGION,
  startTestSimulator,
} from "./test-simulator.ts";

const OPENMETRICS = "application/openmetrics-text;version=1.0.0";
/** With a single poll during the test, two scrapes return the same values, except for process metrics. */
const POLL_ONCE = ["--poll.interval=1h"];
const ENVIRONMENT = { PATH: process.env["PATH"] ?? "" };

async function startPollingOnce(): Promise<Exporter> {
  const simulator = await startTestSimulator();
  return (await startExporter(POLL_ONCE, { environment: environmentOf(simulator) })).untilReady();
}

test("promtool check metrics accepts the text format", async () => {
  const exporter = await startPollingOnce();
  const checked = await runProgram("promtool", ["check", "metrics"], {
    input: await exporter.metrics(),
    environment: ENVIRONMENT,
  });
  expect(checked).toEqual({ status: 0, signal: undefined, stdout: "", stderr: "" });
});

test("an independent parser reads the metrics, including special characters in descriptions", async () => {
  const exporter = await startPollingOnce();
  const families = parseExposition(await exporter.metrics());
  const info = families.find(({ name }) => name === "athena_session_info");
  expect(info?.type).toBe("GAUGE");
  expect(info?.metrics.map(({ labels }) => labels?.["description"])).toContain(
    HOSTILE_DESCRIPTION.replace("\n", " "),
  );
  const sessions = families.find(({ name }) => name === "athena_sessions");
  expect(sessions?.metrics).toContainEqual({
    value: "2",
    labels: { aws_account_id: ACCOUNT_ID, aws_region: REGION, workgroup: "etl", state: "IDLE" },
  });
});

test("no series or family is duplicated in either format", async () => {
  const exporter = await startPollingOnce();
  for (const accept of ["text/plain", OPENMETRICS]) {
    const exposition = await (await exporter.get("/metrics", { accept })).text();
    const series = seriesOf(exposition);
    expect(series.length).toBeGreaterThan(100);
    expect(new Set(series).size).toBe(series.length);
    const types = exposition.split("\n").filter((line) => line.startsWith("# TYPE "));
    expect(new Set(types).size).toBe(types.length);
  }
});

test("both formats contain the same series, and OpenMetrics ends with # EOF", async () => {
  const exporter = await startPollingOnce();
  const text = await exporter.metrics();
  const openmetrics = await (await exporter.get("/metrics", { accept: OPENMETRICS })).text();
  // OpenMetrics wants bounds as floats; histograms of workgroups have them so in both formats.
  const plainBounds = (all: readonly string[]) => all.map((one) => one.replace(/(le="\d+)\.0"/, '$1"'));
  // A first garbage collection of some kind between the two scrapes adds series, and a lag that was not measured has no sample.
  const isSteady = (series: string) => !/^nodejs_(gc_duration|eventloop_lag)_/.test(series);
  const steady = (all: readonly string[]) => plainBounds(all.filter(isSteady)).toSorted();
  expect(steady(seriesOf(openmetrics))).toEqual(steady(seriesOf(text)));
  expect(openmetrics.endsWith("# EOF\n")).toBe(true);
  expect(text).not.toContain("# EOF");
  expect(openmetrics).not.toContain("_created");
});

test("the gzipped response has the same content as the plain one", async () => {
  const exporter = await startPollingOnce();
  const plain = await fetchRaw(`${exporter.url}/metrics`, "identity");
  const zipped = await fetchRaw(`${exporter.url}/metrics`, "gzip");
  expect(plain.encoding).toBeUndefined();
  expect(zipped.encoding).toBe("gzip");
  expect(athenaLines(gunzipSync(zipped.body).toString())).toEqual(athenaLines(plain.body.toString()));
  expect(zipped.body.length).toBeLessThan(plain.body.length / 3);
});

test("before the first poll there are metrics of the exporter, but none of sessions", async () => {
  const simulator = await startTestSimulator();
  simulator.faults.add({ kind: "hang" });
  const exporter = await startExporter(POLL_ONCE, { environment: environmentOf(simulator) });
  const exposition = await exporter.metrics();
  expect(exposition).toContain("athena_exporter_build_info{");
  expect(exposition).toMatch(/^process_resident_memory_bytes /m);
  expect(exposition).not.toMatch(/^athena_sessions\{/m);
  expect(valueOf(exposition, `athena_account_up{aws_account_id="",aws_region="${REGION}"}`)).toBe(0);
});

/** The lines without process metrics and delays, which change between scrapes. */
function athenaLines(exposition: string): readonly string[] {
  return exposition.split("\n").filter((line) => /^(# \w+ )?athena_(?!exporter_exposition_delay)/.test(line));
}

/** Returns the body as sent, which fetch would decompress. */
async function fetchRaw(
  url: string,
  acceptEncoding: string,
): Promise<{ readonly encoding: string | undefined; readonly body: Buffer }> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { headers: { "accept-encoding": acceptEncoding } }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () =>
        resolve({ encoding: response.headers["content-encoding"], body: Buffer.concat(chunks) }),
      );
    });
    sent.on("error", reject);
    sent.end();
  });
}
