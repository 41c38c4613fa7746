import { once } from "node:events";
import { readFileSync } from "node:fs";
import { request } from "node:http";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { onTestFinished } from "vitest";
import { startExporter, type Exporter } from "../exporter.ts";
import { until } from "../until.ts";
import { environmentOf, startTestSimulator } from "../test-simulator.ts";

// What the tests of this folder share: each tells what one client tries from 127.0.0.1, and what another one, from 127.0.0.2, still
// gets. The figures of a run are in docs/security.md; the limits here are for busy machines.

/** The paths that a client without a password, or a browser, may ask for often. */
export const RENDERED_PATHS = ["/", "/api/v1/sessions", "/api/v1/workgroups"];

const WORKGROUPS = 300;
const SESSIONS = 10;
const PATIENCE_MS = 30_000;

/** Enough for a busy machine: readiness takes at most one minute. */
const READY_TIMEOUT_MS = 120_000;
/** Of a test that starts a fleet. */
export const TEST_TIMEOUT_MS = 300_000;

/** Starts a fleet and waits until its exporter is ready. */
export async function readyFleet(...args: string[]): Promise<Exporter> {
  const exporter = await startFleet(...args);
  await until("the exporter to be ready", () => exporter.isReady(), READY_TIMEOUT_MS);
  return exporter;
}

export async function startFleet(...args: string[]): Promise<Exporter> {
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
export function visit(exporter: Exporter, path: string, auth?: string): Promise<Visit> {
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
export async function visits(
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

export const SERVED = { refused: [], isInTime: true };

/** Prints the figures; equals SERVED if all succeeded in time. */
export function report(
  what: string,
  visits: readonly Visit[],
): { refused: readonly Visit[]; isInTime: boolean } {
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

export async function attack(exporter: Exporter, count: number, text: string): Promise<readonly Socket[]> {
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

/** The CPU time that the process has used, in milliseconds: what an attack costs, however busy the machine is. */
export function cpuMsOf(exporter: Exporter): number {
  const MS_PER_TICK = 10;
  const stat = readFileSync(`/proc/${exporter.program.child.pid}/stat`, "utf8");
  // Behind the name, which may have blanks, these are the fields 14 and 15 of proc(5).
  const [user, system] = stat
    .slice(stat.lastIndexOf(")") + 2)
    .split(" ")
    .slice(11);
  return MS_PER_TICK * (Number(user) + Number(system));
}

/** Resident memory in MiB. */
export function memoryOf(exporter: Exporter): number {
  const status = readFileSync(`/proc/${exporter.program.child.pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
}
