import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { type Exporter, startExporter } from "./exporter.ts";
import { until } from "./until.ts";
import type { WorkgroupOptions } from "../../src/simulator/workgroup.ts";
import { environmentOf, startWorld } from "./world.ts";

const SCRAPES = 300;
/** A scrape that others get in the way of. */
const PROMPT_MS = 5000;

async function startReady(
  args: readonly string[] = [],
  workgroups?: readonly WorkgroupOptions[],
): Promise<Exporter> {
  const simulator = await startWorld({}, workgroups);
  return (await startExporter(args, { environment: environmentOf(simulator) })).untilReady();
}

test("300 scrapes at once are each answered whole, or asked to come back", async () => {
  const exporter = await startReady();
  const answers = await Promise.all(
    Array.from({ length: SCRAPES }, async () => {
      const response = await exporter.get("/metrics");
      return { status: response.status, text: await response.text() };
    }),
  );
  const served = answers.filter(({ status }) => status === 200);
  expect(served.length).toBeGreaterThan(0);
  expect(served.every(({ text }) => text.includes("athena_sessions{") && text.endsWith("\n"))).toBe(true);
  expect(answers.every(({ status }) => status === 200 || status === 503)).toBe(true);
  expect(await scrapeMs(exporter)).toBeLessThan(PROMPT_MS);
});

test("over --web.max-requests the answer is 503 and says why, and health is still told", async () => {
  const exporter = await startReady(["--web.max-requests=1"]);
  const answers = await Promise.all(
    Array.from({ length: SCRAPES }, async () => {
      const response = await exporter.get("/metrics");
      return { status: response.status, text: await response.text() };
    }),
  );
  const refused = answers.filter(({ status }) => status === 503);
  expect(refused.length).toBeGreaterThan(0);
  expect(refused[0]?.text).toContain("--web.max-requests");
  expect(await exporter.status("/-/healthy")).toBe(200);
  expect(await scrapeMs(exporter)).toBeLessThan(PROMPT_MS);
});

test("clients that send slowly, or nothing, keep nobody else waiting and are dropped", async () => {
  const exporter = await startReady();
  const silent = Array.from({ length: 100 }, () => client(exporter.port, ""));
  const slow = Array.from({ length: 100 }, () => client(exporter.port, "GET /metrics HTTP/1.1\r\nHo"));
  const clients = [...silent, ...slow];
  for (const socket of clients) socket.resume();
  const dropped = Promise.all(clients.map((socket) => once(socket, "close")));
  await Promise.all(clients.map((socket) => once(socket, "connect")));
  expect(await scrapeMs(exporter)).toBeLessThan(PROMPT_MS);
  await dropped;
});

describe("clients that ask and never read", () => {
  const request = "GET /metrics HTTP/1.1\r\nHost: exporter\r\n\r\n";

  test("keep nobody else waiting", async () => {
    const exporter = await startReady([], crowdedWorkgroups());
    await Promise.all(Array.from({ length: 30 }, () => connectedReader(exporter.port, request)));
    expect(await scrapeMs(exporter)).toBeLessThan(PROMPT_MS);
  });

  test("crowd out scrapes within the limit only, and never what tells health", async () => {
    const exporter = await startReady(["--web.max-requests=5"], crowdedWorkgroups());
    await until("a scrape to be refused", async () => {
      await connectedReader(exporter.port, request);
      return (await exporter.status("/metrics")) === 503;
    });
    expect(await exporter.status("/-/healthy")).toBe(200);
  });
});

/** So many sessions that their exposition fits no socket's buffers. */
function crowdedWorkgroups(): readonly WorkgroupOptions[] {
  const atMs = Date.now();
  const sessions = Array.from({ length: 100 }, () => ({ state: "IDLE", atMs }) as const);
  return Array.from({ length: 100 }, (_, index) => ({
    name: `crowd-${index}`,
    engine: "PySpark engine version 3",
    sessions,
  }));
}

/** A client that has asked and takes nothing of the answer. */
async function connectedReader(port: number, request: string): Promise<void> {
  const socket = client(port, request);
  socket.pause();
  await once(socket, "connect");
}

/** How long a scrape takes in milliseconds. */
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
