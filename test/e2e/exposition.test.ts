import { gunzipSync } from "node:zlib";
import { request } from "node:http";
import { expect, test } from "vitest";
import { type Exporter, startExporter } from "./exporter.ts";
import { parseExposition, seriesOf, valueOf } from "./exposition.ts";
import { runProgram } from "./program.ts";
import { ACCOUNT_ID, environmentOf, HOSTILE_DESCRIPTION, REGION, startWorld } from "./world.ts";

const OPENMETRICS = "application/openmetrics-text;version=1.0.0";
/** Polled once while the test looks: what is scraped twice is then the same, but for the process' own. */
const STILL = ["--poll.interval=1h"];
const ENVIRONMENT = { PATH: process.env["PATH"] ?? "" };

async function startStill(): Promise<Exporter> {
  const simulator = await startWorld();
  return (await startExporter(STILL, { environment: environmentOf(simulator) })).untilReady();
}

test("promtool finds nothing to say about the text", async () => {
  const exporter = await startStill();
  const checked = await runProgram("promtool", ["check", "metrics"], {
    input: await exporter.metrics(),
    environment: ENVIRONMENT,
  });
  expect(checked).toEqual({ status: 0, signal: undefined, stdout: "", stderr: "" });
});

test("a parser that is not ours reads what was meant, whatever descriptions hold", async () => {
  const exporter = await startStill();
  const families = parseExposition(await exporter.metrics());
  const info = families.find(({ name }) => name === "athena_session_info");
  expect(info?.type).toBe("GAUGE");
  expect(info?.metrics.map(({ labels }) => labels?.["description"])).toContain(HOSTILE_DESCRIPTION);
  const sessions = families.find(({ name }) => name === "athena_sessions");
  expect(sessions?.metrics).toContainEqual({
    value: "2",
    labels: { aws_account_id: ACCOUNT_ID, aws_region: REGION, workgroup: "etl", state: "IDLE" },
  });
});

test("no series and no family comes twice, in either format", async () => {
  const exporter = await startStill();
  for (const accept of ["text/plain", OPENMETRICS]) {
    const exposition = await (await exporter.get("/metrics", { accept })).text();
    const series = seriesOf(exposition);
    expect(series.length).toBeGreaterThan(100);
    expect(new Set(series).size).toBe(series.length);
    const types = exposition.split("\n").filter((line) => line.startsWith("# TYPE "));
    expect(new Set(types).size).toBe(types.length);
  }
});

test("both formats carry the same series, bounds of buckets written as each wants them; OpenMetrics ends with its mark", async () => {
  const exporter = await startStill();
  const text = await exporter.metrics();
  const openmetrics = await (await exporter.get("/metrics", { accept: OPENMETRICS })).text();
  const plainBounds = seriesOf(openmetrics).map((series) => series.replace(/(le="\d+)\.0"/, '$1"'));
  // Between the two scrapes garbage may be collected in a way that it has not been before.
  const lasting = (all: readonly string[]) =>
    all.filter((series) => !series.startsWith("nodejs_gc_duration_seconds")).toSorted();
  expect(lasting(plainBounds)).toEqual(lasting(seriesOf(text)));
  expect(openmetrics.endsWith("# EOF\n")).toBe(true);
  expect(text).not.toContain("# EOF");
  expect(openmetrics).not.toContain("_created");
});

test("what gzip holds is what comes without", async () => {
  const exporter = await startStill();
  const plain = await fetchRaw(`${exporter.url}/metrics`, "identity");
  const zipped = await fetchRaw(`${exporter.url}/metrics`, "gzip");
  expect(plain.encoding).toBeUndefined();
  expect(zipped.encoding).toBe("gzip");
  expect(athenaLines(gunzipSync(zipped.body).toString())).toEqual(athenaLines(plain.body.toString()));
  expect(zipped.body.length).toBeLessThan(plain.body.length / 3);
});

test("a scrape before the first poll has the exporter's own metrics, and no false zero", async () => {
  const simulator = await startWorld();
  simulator.faults.add({ kind: "hang" });
  const exporter = await startExporter(STILL, { environment: environmentOf(simulator) });
  const exposition = await exporter.metrics();
  expect(exposition).toContain("athena_exporter_build_info{");
  expect(exposition).toMatch(/^process_resident_memory_bytes /m);
  expect(exposition).not.toMatch(/^athena_sessions\{/m);
  expect(valueOf(exposition, `athena_account_up{aws_account_id="",aws_region="${REGION}"}`)).toBe(0);
});

/** Without the process' own metrics, which move all the time. */
function athenaLines(exposition: string): readonly string[] {
  return exposition.split("\n").filter((line) => /^(# \w+ )?athena_/.test(line));
}

/** Fetch would unzip by itself. */
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
