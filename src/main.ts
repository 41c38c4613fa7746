#!/usr/bin/env node
import { stat } from "node:fs/promises";
import { homedir } from "node:os";
import { systemClock } from "./clock.ts";
import { EXIT, type Host } from "./app/host.ts";
import { keepHeapSmall } from "./heap.ts";

/** The process ends this long after a signal to stop, even if something hangs. */
const STOP_AT_LATEST_MS = 2800;

// Registered before the rest of the program is loaded: without handlers, SIGHUP would end the process, and SIGTERM would not where it is
// the first process of a container.
let reload = (): void => {};
let stop = (_signal: string): void => process.exit(EXIT.done);
process.on("SIGHUP", () => reload());
for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => stop(signal));

// The SDK would warn of Node 20 at every start; the documentation recommends 24.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";

// A user without an entry in /etc/passwd has no home, and the SDK would fail to look for shared files there.
try {
  homedir();
} catch {
  process.env["HOME"] = "/";
}

// A reader that has gone away does not end the process; what it would have read is lost.
process.stdout.on("error", () => undefined);
process.stderr.on("error", () => undefined);
// A supervisor restarts the process, which is better than a daemon that works only in part.
process.on("uncaughtException", (error) => {
  process.stderr.write(
    `${JSON.stringify({ level: "fatal", time: new Date().toISOString(), msg: "fatal", error: error.stack })}\n`,
  );
  process.exit(EXIT.failed);
});

keepHeapSmall();
const { runCli, readTextFile } = await loadProgram();

const host: Host = {
  clock: systemClock,
  random: Math.random,
  readFile: readTextFile,
  readMode: async (path) => (await stat(path)).mode,
  environment: process.env,
  print: async (text) =>
    new Promise((resolve) => {
      process.stdout.write(text, () => resolve());
    }),
  printError: (text) => process.stderr.write(text),
  isStdoutClosed: () => process.stdout.errored !== null,
  isTerminal: process.stderr.isTTY ?? false,
  ...(process.stdout.isTTY && {
    terminal: { columns: () => process.stdout.columns, hasColors: process.stdout.hasColors() },
  }),
  onReload(action) {
    reload = action;
  },
  onStop(action, lateExitCode) {
    stop = (signal) => {
      // A credential process or a reader of logs may hang.
      systemClock.after(STOP_AT_LATEST_MS, () => process.exit(lateExitCode));
      action(signal);
    };
  },
};

const exitCode = await runCli(process.argv.slice(2), host);
// Connections and child processes of the AWS SDK may still be open, so it would not end by itself.
process.exit(exitCode);

/** Node opens many of the program's files at once. */
async function loadProgram() {
  try {
    return { ...(await import("./cli.ts")), ...(await import("./config/file/read-file.ts")) };
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EMFILE") {
      process.stderr.write(
        "athena-session-exporter: too many open files: the limit is too low; raise it to at least 256 (ulimit -n)\n",
      );
      process.exit(EXIT.failed);
    }
    throw error;
  }
}
