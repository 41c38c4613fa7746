import { once } from "node:events";
import { connect } from "node:net";
import { expect, test } from "vitest";
import { startExporter } from "./exporter.ts";
import { until } from "./until.ts";
import { environmentOf, startTestSimulator } from "./test-simulator.ts";

/** The time limit from SIGTERM to exit; Kubernetes and systemd allow far more by default. */
const STOP_MS = 3000;
/** Well below the grace period of 2 s after the first signal. */
const IMMEDIATE_STOP_MS = 1500;
/** Longer than a slow machine needs to poll the workgroups that do not hang. */
const POLL_TIMEOUT_CONFIG = "poll: {timeout: 6s, deadline: 6s}";

test.each(["SIGTERM", "SIGINT"] as const)(
  "%s stops the exporter with status 0, and is logged",
  async (signal) => {
    const simulator = await startTestSimulator();
    const exporter = await (await startExporter([], { environment: environmentOf(simulator) })).untilReady();
    exporter.program.signal(signal);
    expect(await exporter.program.exited).toMatchObject({ status: 0, signal: undefined });
    expect(exporter.lines().map(({ msg }) => msg)).toEqual(expect.arrayContaining(["stopping", "stopped"]));
  },
);

test("SIGTERM stops the exporter in time while polls hang", async () => {
  const simulator = await startTestSimulator();
  simulator.faults.add({ kind: "hang", operation: "ListSessions" });
  const exporter = await startExporter([], { environment: environmentOf(simulator) });
  await until("polls to hang", () => simulator.requests.count({ operation: "ListSessions" }) >= 3);
  const startMs = performance.now();
  exporter.program.signal("SIGTERM");
  expect(await exporter.program.exited).toMatchObject({ status: 0 });
  expect(performance.now() - startMs).toBeLessThan(STOP_MS);
});

test("after SIGTERM a running scrape is completed, and no new one is accepted", async () => {
  const simulator = await startTestSimulator();
  const exporter = await (await startExporter([], { environment: environmentOf(simulator) })).untilReady();
  const scrape = connect(exporter.port, "127.0.0.1");
  const received: Buffer[] = [];
  scrape.on("data", (data: Buffer) => received.push(data));
  const closed = once(scrape, "close");
  scrape.write("GET /metrics HTTP/1.1\r\nHost: exporter\r\n");
  await until("the connection to be accepted", async () => (await exporter.metrics()).length > 0);
  exporter.program.signal("SIGTERM");
  await until("the exporter to stop", () => exporter.lines("stopping").length === 1);
  scrape.write("\r\n");
  await closed;
  const response = Buffer.concat(received).toString();
  expect(response).toMatch(/^HTTP\/1\.1 200 /);
  expect(response).toContain("athena_sessions{");
  expect(Number(/Content-Length: (\d+)/i.exec(response)?.[1])).toBe(
    Buffer.byteLength(response.slice(response.indexOf("\r\n\r\n") + 4)),
  );
  await expect(exporter.get("/metrics")).rejects.toThrow("fetch failed");
  expect(await exporter.program.exited).toMatchObject({ status: 0 });
});

test("an incomplete request delays the stop by at most the grace period", async () => {
  const exporter = await startExporter([], { environment: environmentOf(await startTestSimulator()) });
  const silent = connect(exporter.port, "127.0.0.1");
  silent.on("error", () => silent.destroy());
  await once(silent, "connect");
  silent.write("GET /metrics HTTP/1.1\r\n");
  await exporter.metrics();
  const startMs = performance.now();
  exporter.program.signal("SIGTERM");
  expect(await exporter.program.exited).toMatchObject({ status: 0 });
  expect(performance.now() - startMs).toBeLessThan(STOP_MS);
});

test("a second signal stops the exporter immediately", async () => {
  const exporter = await startExporter([], { environment: environmentOf(await startTestSimulator()) });
  const silent = connect(exporter.port, "127.0.0.1");
  silent.on("error", () => silent.destroy());
  await once(silent, "connect");
  silent.write("GET /metrics HTTP/1.1\r\n");
  await exporter.metrics();
  exporter.program.signal("SIGTERM");
  await until("the exporter to stop", () => exporter.lines("stopping").length === 1);
  const startMs = performance.now();
  exporter.program.signal("SIGTERM");
  const { status } = await exporter.program.exited;
  expect(performance.now() - startMs).toBeLessThan(IMMEDIATE_STOP_MS);
  expect(status).toBe(1);
});

test("while the first polls hang the exporter is healthy and can be scraped, but is not ready", async () => {
  const simulator = await startTestSimulator();
  simulator.faults.add({ kind: "hang", operation: "ListSessions", workgroup: "etl" });
  const exporter = await startExporter([], {
    environment: { ...environmentOf(simulator), ATHENA_EXPORTER_CONFIG_CONTENT: POLL_TIMEOUT_CONFIG },
  });
  await exporter.untilMetric(/^athena_workgroup_up\{.*workgroup="quiet"\} 1$/m);
  expect(await exporter.status("/-/ready")).toBe(503);
  expect(await exporter.status("/-/healthy")).toBe(200);
  await exporter.untilReady();
  expect(await exporter.metrics()).toMatch(
    /^athena_workgroup_failing\{.*workgroup="etl",reason="timeout"\} 1$/m,
  );
});
