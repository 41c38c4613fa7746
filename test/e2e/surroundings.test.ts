import { open, readdir } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { spawnExporter, startExporter } from "./exporter.ts";
import { freePort } from "./port.ts";
import { until } from "./until.ts";
import { environmentOf, startWorld } from "./world.ts";

const BRISK = ["--poll.interval=1s"];
/** More are refused to the process: Node needs most of these for a moment, to read its modules. */
const FEW_DESCRIPTORS = 256;
/** A user that no machine knows, as OpenShift gives one. */
const RANDOM_UID = 1_000_650_000;

test("it goes on serving and polling when nobody reads its log any more", async () => {
  const simulator = await startWorld();
  const exporter = await (await startExporter(BRISK, { environment: environmentOf(simulator) })).untilReady();
  exporter.program.child.stdout?.destroy();
  exporter.program.child.stderr?.destroy();
  const place = { workgroup: "quiet" };
  const id = simulator.fleet.addSession(place, { state: "BUSY", atMs: Date.now() });
  await exporter.untilMetric(/^athena_sessions\{.*workgroup="quiet",state="BUSY"\} 1$/m);
  simulator.fleet.moveSession(place, id, "FAILED", Date.now());
  await exporter.untilMetric(/^athena_sessions_ended_total\{.*workgroup="quiet",state="FAILED"\} 1$/m);
  expect(exporter.program.hasExited).toBe(false);
});

test.each(["json", "pretty"])("it goes on serving when the disk of its %s log is full", async (format) => {
  const simulator = await startWorld();
  const full = await open("/dev/full", "w");
  onTestFinished(() => full.close());
  const port = await freePort();
  const exporter = await spawnExporter(
    [...BRISK, `--log.format=${format}`, `--web.listen-address=127.0.0.1:${port}`],
    { environment: environmentOf(simulator), stdio: ["ignore", full.fd, full.fd] },
    `http://127.0.0.1:${port}`,
  );
  await exporter.untilReady();
  simulator.fleet.addSession({ workgroup: "quiet" }, { state: "BUSY", atMs: Date.now() });
  await exporter.untilMetric(/^athena_sessions_started_total\{.*workgroup="quiet"\} 1$/m);
  expect(exporter.program.hasExited).toBe(false);
});

test("it survives that no more files can be opened, and is back when they can", async () => {
  const simulator = await startWorld();
  const exporter = await startExporter(BRISK, {
    environment: environmentOf(simulator),
    prefix: ["sh", "-c", `ulimit -n ${FEW_DESCRIPTORS}; exec "$@"`, "sh"],
  });
  await exporter.untilReady();
  const clients = Array.from({ length: FEW_DESCRIPTORS }, () => silentClient(exporter.port));
  await until("every descriptor to be taken", async () => {
    const { length } = await readdir(`/proc/${exporter.program.child.pid}/fd`);
    return length >= FEW_DESCRIPTORS - 1;
  });
  simulator.fleet.addSession({ workgroup: "quiet" }, { state: "BUSY", atMs: Date.now() });
  for (const client of clients) client.destroy();
  await exporter.untilMetric(/^athena_sessions_started_total\{.*workgroup="quiet"\} 1$/m);
  expect(exporter.program.hasExited).toBe(false);
});

test("it needs no user of the machine's, no home and nothing to write to", async () => {
  const simulator = await startWorld();
  const exporter = await startExporter(BRISK, {
    environment: { ...environmentOf(simulator), HOME: "/nonexistent" },
    cwd: "/proc",
    prefix: [...asRandomUser(), "sh", "-c", 'ulimit -f 0; exec "$@"', "sh"],
  });
  await exporter.untilReady();
  expect(await exporter.metrics()).toMatch(/^athena_sessions\{.*workgroup="etl",state="IDLE"\} 2$/m);
  exporter.program.signal("SIGTERM");
  expect(await exporter.program.exited).toMatchObject({ status: 0 });
});

/** Root becomes somebody who may read the checkout, wherever it is, but write nowhere; others are somebody already. */
function asRandomUser(): readonly string[] {
  if (process.getuid?.() !== 0) return [];
  const user = [`--reuid=${RANDOM_UID}`, `--regid=${RANDOM_UID}`, "--clear-groups"];
  const reading = ["--inh-caps=-all,+dac_read_search", "--ambient-caps=-all,+dac_read_search"];
  return ["setpriv", ...user, ...reading, "--"];
}

/** Connects and says nothing; how that ends is no matter. */
function silentClient(port: number): Socket {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => socket.destroy());
  onTestFinished(() => {
    socket.destroy();
  });
  return socket;
}
