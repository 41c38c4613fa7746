import { open, readdir } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { spawnExporter, startExporter } from "./exporter.ts";
import { freePort } from "./port.ts";
import { until } from "./until.ts";
import { environmentOf, startTestSimulator } from "./test-simulator.ts";

const FREQUENT_POLLS = ["--poll.interval=1s"];
/** The limit of open files of the process; Node needs most of them while it loads its modules. */
const MAX_DESCRIPTORS = 256;
/** A user id without an account on the machine, as OpenShift assigns it. */
const RANDOM_UID = 1_000_650_000;

test("the exporter keeps serving and polling when its log pipe is closed", async () => {
  const simulator = await startTestSimulator();
  const exporter = await (
    await startExporter(FREQUENT_POLLS, { environment: environmentOf(simulator) })
  ).untilReady();
  exporter.program.child.stdout?.destroy();
  exporter.program.child.stderr?.destroy();
  const place = { workgroup: "quiet" };
  const id = simulator.fleet.addSession(place, { state: "BUSY", atMs: Date.now() });
  await exporter.untilMetric(/^athena_sessions\{.*workgroup="quiet",state="BUSY"\} 1$/m);
  simulator.fleet.moveSession(place, id, "FAILED", Date.now());
  await exporter.untilMetric(/^athena_sessions_ended_total\{.*workgroup="quiet",state="FAILED"\} 1$/m);
  expect(exporter.program.hasExited).toBe(false);
});

test.each(["json", "pretty"])(
  "the exporter keeps serving when the disk of its %s log is full",
  async (format) => {
    const simulator = await startTestSimulator();
    const full = await open("/dev/full", "w");
    onTestFinished(() => full.close());
    const port = await freePort();
    const exporter = await spawnExporter(
      [...FREQUENT_POLLS, `--log.format=${format}`, `--web.listen-address=127.0.0.1:${port}`],
      { environment: environmentOf(simulator), stdio: ["ignore", full.fd, full.fd] },
      `http://127.0.0.1:${port}`,
    );
    await exporter.untilReady();
    simulator.fleet.addSession({ workgroup: "quiet" }, { state: "BUSY", atMs: Date.now() });
    await exporter.untilMetric(/^athena_sessions_started_total\{.*workgroup="quiet"\} 1$/m);
    expect(exporter.program.hasExited).toBe(false);
  },
);

test("the exporter recovers after it has run out of file descriptors", async () => {
  const simulator = await startTestSimulator();
  const exporter = await startExporter(FREQUENT_POLLS, {
    environment: environmentOf(simulator),
    prefix: ["sh", "-c", `ulimit -n ${MAX_DESCRIPTORS}; exec "$@"`, "sh"],
  });
  await exporter.untilReady();
  const clients = Array.from({ length: MAX_DESCRIPTORS }, () => silentClient(exporter.port));
  await until("all descriptors to be in use", async () => {
    const { length } = await readdir(`/proc/${exporter.program.child.pid}/fd`);
    return length >= MAX_DESCRIPTORS - 1;
  });
  simulator.fleet.addSession({ workgroup: "quiet" }, { state: "BUSY", atMs: Date.now() });
  for (const client of clients) client.destroy();
  await exporter.untilMetric(/^athena_sessions_started_total\{.*workgroup="quiet"\} 1$/m);
  expect(exporter.program.hasExited).toBe(false);
});

test.each([
  ["a home directory that does not exist", ["env", "HOME=/nonexistent"]],
  ["no home directory", ["env", "--unset=HOME"]],
])("the exporter runs as an unknown user, with %s and without write access", async (_what, home) => {
  const simulator = await startTestSimulator();
  const exporter = await startExporter(FREQUENT_POLLS, {
    environment: environmentOf(simulator),
    cwd: "/proc",
    prefix: [...asRandomUser(), ...home, "sh", "-c", 'ulimit -f 0; exec "$@"', "sh"],
  });
  await exporter.untilReady();
  expect(await exporter.metrics()).toMatch(/^athena_sessions\{.*workgroup="etl",state="IDLE"\} 2$/m);
  exporter.program.signal("SIGTERM");
  expect(await exporter.program.exited).toMatchObject({ status: 0 });
});

/** A command prefix that makes root run as RANDOM_UID with read access only; empty for other users. */
function asRandomUser(): readonly string[] {
  if (process.getuid?.() !== 0) return [];
  const user = [`--reuid=${RANDOM_UID}`, `--regid=${RANDOM_UID}`, "--clear-groups"];
  const reading = ["--inh-caps=-all,+dac_read_search", "--ambient-caps=-all,+dac_read_search"];
  return ["setpriv", ...user, ...reading, "--"];
}

/** Connects without sending anything, and ignores errors. */
function silentClient(port: number): Socket {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => socket.destroy());
  onTestFinished(() => {
    socket.destroy();
  });
  return socket;
}
