import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { type Exporter, startExporter } from "./exporter.ts";
import { until } from "./until.ts";
import type { WorkgroupOptions } from "../../src/simulator/workgroup.ts";
import { environmentOf, startTestSimulator } from "./test-simulator.ts";

const SCRAPES = 300;
/** The time limit of a scrape under load. */
const MAX_SCRAPE_MS = 5000;

async function startReady(
  args: readonly string[] = [],
  workgroups?: readonly WorkgroupOptions[],
): Promise<Exporter> {
  const simulator = await startTestSimulator({}, workgroups);
  return (await startExporter(args, { environment: environmentOf(simulator) })).untilReady();
}

test("300 concurrent scrapes each get a complete response or 503", async () => {
  const exporter = await startReady();
  const responses = await Promise.all(
    Array.from({ length: SCRAPES }, async () => {
      const response = await exporter.get("/metrics");
      return { status: response.status, text: await response.text() };
    }),
  );
  const served = responses.filter(({ status }) => status === 200);
  expect(served.length).toBeGreaterThan(0);
  expect(served.every(({ text }) => text.includes("athena_sessions{") && text.endsWith("\n"))).toBe(true);
  expect(responses.every(({ status }) => status === 200 || status === 503)).toBe(true);
  expect(await scrapeMs(exporter)).toBeLessThan(MAX_SCRAPE_MS);
});

test("above --web.max-requests the response is 503 with the reason, and health checks still succeed", async () => {
  const exporter = await startReady(["--web.max-requests=1"]);
  const responses = await Promise.all(
    Array.from({ length: SCRAPES }, async () => {
      const response = await exporter.get("/metrics");
      return { status: response.status, text: await response.text() };
    }),
  );
  const refused = responses.filter(({ status }) => status === 503);
  expect(refused.length).toBeGreaterThan(0);
  expect(refused[0]?.text).toContain("--web.max-requests");
  expect(await exporter.status("/-/healthy")).toBe(200);
  expect(await scrapeMs(exporter)).toBeLessThan(MAX_SCRAPE_MS);
});

test("idle and slow clients do not delay scrapes and are disconnected", async () => {
  const exporter = await startReady();
  const silent = Array.from({ length: 100 }, () => client(exporter.port, ""));
  const slow = Array.from({ length: 100 }, () => client(exporter.port, "GET /metrics HTTP/1.1\r\nHo"));
  const clients = [...silent, ...slow];
  for (const socket of clients) socket.resume();
  const dropped = Promise.all(clients.map((socket) => once(socket, "close")));
  await Promise.all(clients.map((socket) => once(socket, "connect")));
  expect(await scrapeMs(exporter)).toBeLessThan(MAX_SCRAPE_MS);
  await dropped;
});

describe("clients that send a request and never read the response", () => {
  const request = "GET /metrics HTTP/1.1\r\nHost: exporter\r\n\r\n";

  test("do not delay scrapes", async () => {
    const exporter = await startReady([], crowdedWorkgroups());
    await Promise.all(Array.from({ length: 30 }, () => connectedReader(exporter.port, request)));
    expect(await scrapeMs(exporter)).toBeLessThan(MAX_SCRAPE_MS);
  });

  test("can block scrapes up to the limit, but never health checks", async () => {
    const exporter = await startReady(["--web.max-requests=5"], crowdedWorkgroups());
    await until("a scrape to be refused", async () => {
      await connectedReader(exporter.port, request);
      return (await exporter.status("/metrics")) === 503;
    });
    expect(await exporter.status("/-/healthy")).toBe(200);
  });
});

/** Enough sessions that their exposition exceeds the buffers of a socket. */
function crowdedWorkgroups(): readonly WorkgroupOptions[] {
  const atMs = Date.now();
  const sessions = Array.from({ length: 100 }, () => ({ state: "IDLE", atMs }) as const);
  return Array.from({ length: 100 }, (_, index) => ({
    name: `crowd-${index}`,
    engine: "PySpark engine version 3",
    sessions,
  }));
}

/** Connects a client that sends a request and does not read the response. */
async function connectedReader(port: number, request: string): Promise<void> {
  const socket = client(port, request);
  socket.pause();
  await once(socket, "connect");
}

/** The duration of a scrape. */
async function scrapeMs(exporter: Exporter): Promise<number> {
  const startMs = performance.now();
  await exporter.metrics();
  return performance.now() - startMs;
}

function client(port: number, text: string): Socket {
  const socket = connect(port, "127.0.0.1", () => socket.write(text));
  socket.on("error", () => socket.destroy());
  onTestFinished(() => {
    socket.destroy();
  });
  return socket;
}
