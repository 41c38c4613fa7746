import { execFileSync } from "node:child_process";
import { closeSync, openSync, constants } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { runExporter, spawnExporter, startExporter } from "./exporter.ts";
import { freePort } from "./port.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { environmentOf, startTestSimulator } from "./test-simulator.ts";
import { until } from "./until.ts";

/** From SIGTERM to the end. */
const STOP_MS = 3000;

/** Waits until an exporter serves whose log nobody reads. */
async function untilServing(port: number): Promise<void> {
  await until("the exporter to serve", async () => {
    const response = await fetch(`http://127.0.0.1:${port}/-/ready`).catch(() => undefined);
    return response?.status === 200;
  });
}

test.each([
  { format: "json", stderr: "/dev/full" },
  { format: "pretty", stderr: "/dev/full" },
])(
  "SIGTERM stops the exporter in time while $stderr is stderr and logs are $format",
  async ({ format, stderr }) => {
    const simulator = await startTestSimulator();
    const port = await freePort();
    const full = openSync(stderr, constants.O_WRONLY);
    const { program } = await spawnExporter(
      [`--log.format=${format}`, `--web.listen-address=127.0.0.1:${port}`],
      { environment: environmentOf(simulator), stdio: ["pipe", "pipe", full] },
    );
    closeSync(full);
    await untilServing(port);
    const startMs = performance.now();
    program.signal("SIGTERM");
    expect(await program.exited).toMatchObject({ status: 0 });
    expect(performance.now() - startMs).toBeLessThan(STOP_MS);
  },
);

test.each(["json", "pretty"])(
  "an exporter whose reader of %s logs is stuck serves, and stops in time",
  async (format) => {
    const simulator = await startTestSimulator();
    const port = await freePort();
    const fifo = path.join(await temporaryFolder(), "stderr");
    execFileSync("mkfifo", [fifo]);
    // Open for reading too, so that it can be opened, and never read.
    const pipe = openSync(fifo, constants.O_RDWR);
    const { program } = await spawnExporter(
      [
        `--log.format=${format}`,
        "--log.level=trace",
        "--poll.interval=100ms",
        `--web.listen-address=127.0.0.1:${port}`,
      ],
      { environment: environmentOf(simulator), stdio: ["pipe", "pipe", pipe] },
    );
    await untilServing(port);
    const place = { workgroup: "quiet" };
    // Each session is two log lines of some 300 bytes; a pipe holds 64 KiB.
    for (let count = 0; count < 400; count += 1) {
      const id = simulator.fleet.addSession(place, { state: "BUSY", atMs: Date.now() });
      simulator.fleet.moveSession(place, id, "FAILED", Date.now(), "x".repeat(200));
    }
    await until("the events to be logged", async () =>
      /athena_sessions_ended_total\{.*"quiet",state="FAILED"\} [1-9]\d\d/.test(
        await (await fetch(`http://127.0.0.1:${port}/metrics`)).text(),
      ),
    );
    const startMs = performance.now();
    program.signal("SIGTERM");
    expect(await program.exited).toMatchObject({ status: 0 });
    expect(performance.now() - startMs).toBeLessThan(STOP_MS);
    closeSync(pipe);
  },
);

test("SIGTERM stops the exporter in time while a credential process hangs", async () => {
  const folder = await temporaryFolder();
  const pidFile = path.join(folder, "pid");
  const config = `[default]\nregion = eu-west-1\ncredential_process = /bin/sh -c "echo $$ >> ${pidFile}; exec sleep 60"\n`;
  await writeFile(path.join(folder, "config"), config);
  const exporter = await startExporter([], {
    environment: {
      AWS_CONFIG_FILE: path.join(folder, "config"),
      AWS_SHARED_CREDENTIALS_FILE: "/nonexistent",
    },
  });
  const started = async () => (await readFile(pidFile, "utf8").catch(() => "")).trim();
  await until("the credential process to start", async () => (await started()) !== "");
  const startMs = performance.now();
  exporter.program.signal("SIGTERM");
  await until("the exporter to end", () => exporter.program.hasExited);
  expect(exporter.program.child.exitCode).toBe(0);
  expect(performance.now() - startMs).toBeLessThan(STOP_MS);
  for (const pid of (await started()).split("\n")) process.kill(Number(pid));
});

test("SIGHUP while the exporter starts does not end it", async () => {
  const simulator = await startTestSimulator();
  const port = await freePort();
  const { program } = await spawnExporter([`--web.listen-address=127.0.0.1:${port}`], {
    environment: environmentOf(simulator),
  });
  // Once Node runs the program, signals have a handler; its modules take far longer to load.
  await until("the program to handle SIGHUP", async () => handlesSighup(program.child.pid ?? 0));
  program.signal("SIGHUP");
  await untilServing(port);
  expect(program.hasExited).toBe(false);
});

/** Whether a process has a handler for SIGHUP, which is signal 1, by the mask of caught signals. */
async function handlesSighup(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return (Number.parseInt(/^SigCgt:\s*([\da-f]+)$/m.exec(status)?.[1]?.slice(-1) ?? "0", 16) & 1) === 1;
}

/** Later versions open the files of a program one after the other, and start with as few descriptors. */
const opensManyFilesAtOnce = process.version.startsWith("v20.");

test.runIf(opensManyFilesAtOnce)(
  "too few file descriptors are reported in one line, with status 1",
  async () => {
    const { status, stderr } = await runExporter(["--aws.region=eu-west-1"], {
      prefix: ["/bin/sh", "-c", 'ulimit -n 22; exec "$@"', "sh"],
    });
    expect({ status, stderr: stderr.trim() }).toEqual({
      status: 1,
      stderr:
        "athena-session-exporter: too many open files: the limit is too low; raise it to at least 256 (ulimit -n)",
    });
  },
);
