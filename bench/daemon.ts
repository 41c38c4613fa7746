import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** The program as it is built. */
export const MAIN = fileURLToPath(new URL("../../dist/main.js", import.meta.url));
/** Far more than a daemon says that is well. */
const MAX_LOG_LINES = 1000;

export interface Daemon {
  /** Of its metrics. */
  readonly url: string;
  /** The first lines that it wrote to stderr, so far. */
  readonly log: readonly string[];
  stop(): Promise<void>;
}

/** `run` as users start it, on a free port; resolves as soon as it says that it listens. */
export async function startDaemon(
  configYaml: string,
  environment: Readonly<Record<string, string>>,
): Promise<Daemon> {
  const child = spawn(process.execPath, [MAIN, "run", "--web.listen-address=127.0.0.1:0"], {
    env: { ...process.env, ...environment, ATHENA_EXPORTER_CONFIG_CONTENT: configYaml },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const log: string[] = [];
  const port = await listeningPort(child, log);
  return {
    url: `http://127.0.0.1:${port}/metrics`,
    log,
    async stop() {
      const exited = once(child, "exit");
      child.kill("SIGTERM");
      await exited;
    },
  };
}

/** Goes on adding to the log. */
async function listeningPort({ stderr }: ChildProcess, log: string[]): Promise<number> {
  if (stderr === null) throw new Error("the daemon's log cannot be read");
  const lines = createInterface({ input: stderr });
  return new Promise((resolve, reject) => {
    lines.on("line", (line) => {
      if (log.length < MAX_LOG_LINES) log.push(line);
      const port = /"listening":\[\{[^\]]*"port":(\d+)/.exec(line)?.[1];
      if (port !== undefined) resolve(Number(port));
    });
    lines.on("close", () => reject(new Error(`the daemon ended before it listened:\n${log.join("\n")}`)));
  });
}
