#!/usr/bin/env node
import { systemClock } from "./clock.ts";
import { dispatch } from "./cli.ts";
import { EXIT, type Host } from "./app/host.ts";
import { readTextFile } from "./config/read-file.ts";

// The SDK would warn of Node 20 at every start; the documentation recommends 24.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";

const host: Host = {
  clock: systemClock,
  random: Math.random,
  readFile: readTextFile,
  environment: process.env,
  print: async (text) =>
    new Promise((resolve) => {
      process.stdout.write(text, () => resolve());
    }),
  printError: (text) => process.stderr.write(text),
  isTerminal: process.stderr.isTTY ?? false,
  onReload(reload) {
    process.on("SIGHUP", reload);
  },
  onStop(stop) {
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => stop(signal));
  },
};

// A reader that has gone away is no reason to end; what it would have read is lost.
process.stdout.on("error", () => undefined);
process.stderr.on("error", () => undefined);
// A daemon that half works is worse than one that is started anew.
process.on("uncaughtException", (error) => {
  process.stderr.write(
    `${JSON.stringify({ level: 60, time: new Date().toISOString(), msg: "fatal", error: error.stack })}\n`,
  );
  process.exit(EXIT.failed);
});

process.exitCode = await dispatch(process.argv.slice(2), host);
