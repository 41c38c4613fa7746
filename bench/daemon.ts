import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../dist/main.js", import.meta.url));

export interface Daemon {
  /** Of its metrics. */
  readonly url: string;
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
  const port = await listeningPort(child);
  return {
    url: `http://127.0.0.1:${port}/metrics`,
    async stop() {
      const exited = once(child, "exit");
      child.kill("SIGTERM");
      await exited;
    },
  };
}

async function listeningPort({ stderr }: ChildProcess): Promise<number> {
  if (stderr === null) throw new Error("the daemon's log cannot be read");
  const others: string[] = [];
  for await (const line of createInterface({ input: stderr })) {
    const port = /"listening":\[\{[^\]]*"port":(\d+)/.exec(line)?.[1];
    others.push(line);
    if (port === undefined) continue;
    stderr.resume();
    return Number(port);
  }
  throw new Error(`the daemon ended before it listened:\n${others.join("\n")}`);
}
