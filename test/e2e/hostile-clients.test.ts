import { once } from "node:events";
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { request } from "node:http";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { hashSync } from "bcryptjs";
import { expect, onTestFinished, test } from "vitest";
import { startExporter, type Exporter } from "./exporter.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { environmentOf, startTestSimulator } from "./test-simulator.ts";

// Each test tells what one client tries from 127.0.0.1, and what another one, from 127.0.0.2, still gets. The figures of a run are
// in docs/security.md; the limits here are for busy machines.

const WORKGROUPS = 300;
const SESSIONS = 10;
const PATIENCE_MS = 30_000;

async function startFleet(...args: string[]): Promise<Exporter> {
  const nowMs = Date.now();
  const workgroups = Array.from({ length: WORKGROUPS }, (_, index) => ({
    name: `team-${index}`,
    engine: "PySpark engine version 3",
    sessions: Array.from({ length: SESSIONS }, (_, session) => ({
      state: "IDLE" as const,
      atMs: nowMs - session * 60_000,
      startMs: nowMs - 3_600_000,
      description: `a job of team ${index} that was forgotten`,
    })),
  }));
  const simulator = await startTestSimulator({}, workgroups);
  const exporter = await startExporter(["--poll.interval=10s", ...args], {
    environment: environmentOf(simulator),
  });
  return exporter;
}

interface Visit {
  readonly status: number | undefined;
  readonly tookMs: number;
}

/** A request of the other client, on a connection of its own. */
function visit(exporter: Exporter, path: string, auth?: string): Promise<Visit> {
  const startMs = performance.now();
  return new Promise((resolve, reject) => {
    request(
      {
        host: "127.0.0.1",
        port: exporter.port,
        path,
        localAddress: "127.0.0.2",
        headers: { "accept-encoding": "gzip" },
        agent: false,
        ...(auth !== undefined && { auth }),
      },
      (response) => {
        response
          .resume()
          .on("end", () => resolve({ status: response.statusCode, tookMs: performance.now() - startMs }));
      },
    )
      .on("error", reject)
      .end();
  });
}

/** Requests of the other client, one after the other. */
async function visits(
  exporter: Exporter,
  path: string,
  count: number,
  auth?: string,
): Promise<readonly Visit[]> {
  const all: Visit[] = [];
  for (let index = 0; index < count; index += 1) {
    all.push(await visit(exporter, path, auth));
    await sleep(100);
  }
  return all;
}

const SERVED = { refused: [], isInTime: true };

/** Prints the figures; equals SERVED if all succeeded in time. */
function report(what: string, visits: readonly Visit[]): { refused: readonly Visit[]; isInTime: boolean } {
  const times = visits.map(({ tookMs }) => Math.round(tookMs)).sort((a, b) => a - b);
  const [median, most, longest] = [0.5, 0.9, 1].map(
    (share) => times[Math.ceil(times.length * share) - 1] ?? 0,
  );
  process.stdout.write(`${what}: median ${median} ms, 90% ${most} ms, longest ${longest} ms\n`);
  return {
    refused: visits.filter(({ status }) => status !== 200),
    isInTime: (longest ?? 0) < PATIENCE_MS,
  };
}

async function attack(exporter: Exporter, count: number, text: string): Promise<readonly Socket[]> {
  const sockets = Array.from({ length: count }, () => {
    const socket = connect(exporter.port, "127.0.0.1");
    socket.on("error", () => undefined);
    socket.pause();
    socket.write(text);
    onTestFinished(() => void socket.destroy());
    return socket;
  });
  await Promise.all(sockets.map((socket) => once(socket, "connect")));
  return sockets;
}

/** Resident memory in MiB. */
function memoryOf(exporter: Exporter): number {
  const status = readFileSync(`/proc/${exporter.program.child.pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
}

const PAGE = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
const SCRAPE = "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n";

test("60 connections of 2,000 pipelined requests for the page that are never read", async () => {
  const exporter = await (await startFleet()).untilReady();
  await visits(exporter, "/", 3);
  const before = memoryOf(exporter);
  await attack(exporter, 60, PAGE.repeat(2000));
  expect(report("/-/healthy", await visits(exporter, "/-/healthy", 10))).toEqual(SERVED);
  expect(report("/metrics", await visits(exporter, "/metrics", 10))).toEqual(SERVED);
  expect(report("/", await visits(exporter, "/", 5))).toEqual(SERVED);
  const grown = memoryOf(exporter) - before;
  process.stdout.write(`memory grew by ${Math.round(grown)} MiB\n`);
  expect(grown).toBeLessThan(100);
});

test("40 connections of 60 pipelined scrapes without compression that are never read", async () => {
  const exporter = await (await startFleet()).untilReady();
  await attack(exporter, 40, SCRAPE.repeat(60));
  expect(report("/metrics", await visits(exporter, "/metrics", 10))).toEqual(SERVED);
});

test("connections of pipelined scrapes that are closed before they are answered keep no slot", async () => {
  const exporter = await (await startFleet("--web.max-requests=4")).untilReady();
  for (let round = 0; round < 5; round += 1) {
    const sockets = await attack(exporter, 10, SCRAPE.repeat(9));
    for (const socket of sockets) socket.destroy();
  }
  expect(report("/metrics", await visits(exporter, "/metrics", 10))).toEqual(SERVED);
});

test("50 requests a second for the page, each with another filter", async () => {
  const exporter = await (await startFleet()).untilReady();
  const end = { isOver: false };
  const statuses = new Set<number>();
  const flood = (async () => {
    for (let index = 0; !end.isOver; index += 1) {
      void exporter.status(`/?q=team-${index}`).then(
        (status) => statuses.add(status),
        () => undefined,
      );
      await sleep(20);
    }
  })();
  expect(report("/metrics", await visits(exporter, "/metrics", 20))).toEqual(SERVED);
  end.isOver = true;
  await flood;
  expect([...statuses].every((status) => status === 200 || status === 503)).toBe(true);
});

test("1,000 connections that send nothing", async () => {
  const exporter = await (await startFleet()).untilReady();
  await attack(exporter, 1000, "");
  expect(report("/metrics", await visits(exporter, "/metrics", 10))).toEqual(SERVED);
});

test("1,000 wrong passwords a second, of users who exist and who do not", async () => {
  const file = join(await temporaryFolder(), "web.yml");
  await writeFile(file, `basic_auth_users:\n  prometheus: ${hashSync("right", 10)}\n`, { mode: 0o600 });
  const exporter = await startFleet(`--web.config.file=${file}`);
  const auth = "prometheus:right";
  await visits(exporter, "/metrics", 3, auth);
  expect(report("/metrics before", await visits(exporter, "/metrics", 30, auth))).toEqual(SERVED);
  const end = { isOver: false };
  let sent = 0;
  const answers = new Map<string, number>();
  const startMs = performance.now();
  const guess = async (connection: number) => {
    const socket = connect(exporter.port, "127.0.0.1");
    socket.on("data", (data: Buffer) => {
      const [, status = ""] = /^HTTP\/1\.1 (\d+)/.exec(data.toString()) ?? [];
      answers.set(status, (answers.get(status) ?? 0) + 1);
    });
    socket.on("error", () => undefined);
    for (let index = 0; !end.isOver; index += 1) {
      const user = index % 2 === 0 ? "prometheus" : `user-${index}`;
      const credentials = Buffer.from(`${user}:${connection}-${index}`).toString("base64");
      socket.write(`GET /metrics HTTP/1.1\r\nHost: x\r\nAuthorization: Basic ${credentials}\r\n\r\n`);
      sent += 1;
      await sleep(40);
    }
    socket.destroy();
  };
  const guesses = Array.from({ length: 40 }, (_, connection) => guess(connection));
  const served = await visits(exporter, "/metrics", 30, auth);
  end.isOver = true;
  await Promise.all(guesses);
  const perSecond = Math.round(sent / ((performance.now() - startMs) / 1000));
  process.stdout.write(
    `${perSecond} wrong passwords a second: ${JSON.stringify(Object.fromEntries(answers))}\n`,
  );
  expect(report("/metrics with the right password", served)).toEqual(SERVED);
  expect(answers.get("200")).toBeUndefined();
});
