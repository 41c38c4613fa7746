import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { CpuAndMemory } from "./process-cost.ts";

const run = promisify(execFile);
const PEERS = fileURLToPath(new URL("../../bench/peers/", import.meta.url));
/** A tick of the times in /proc. */
const MS_PER_TICK = 10;

/** A program in another language that serves the samples of a file. */
export interface Peer {
  readonly name: string;
  /** Builds or installs it in an empty folder; returns the command that starts it. */
  readonly prepare: (folder: string) => Promise<readonly [string, ...string[]]>;
}

export const PEERS_OF_OTHER_LANGUAGES: readonly Peer[] = [
  {
    name: `client_golang ${versionIn("client_golang/go.mod", /client_golang v(\S+)/)}`,
    async prepare(folder) {
      const program = path.join(folder, "client_golang");
      await run("go", ["build", "-o", program, "."], { cwd: path.join(PEERS, "client_golang") });
      return [program];
    },
  },
  {
    name: `prometheus_client ${versionIn("prometheus_client/requirements.txt", /==(\S+)/)}`,
    async prepare(folder) {
      const source = path.join(PEERS, "prometheus_client");
      const python = path.join(folder, "python", "bin", "python");
      await run("python3", ["-m", "venv", path.join(folder, "python")]);
      await run(python, ["-m", "pip", "install", "-q", "-r", path.join(source, "requirements.txt")]);
      return [python, path.join(source, "main.py")];
    },
  },
];

function versionIn(file: string, version: RegExp): string {
  return version.exec(readFileSync(path.join(PEERS, file), "utf8"))?.[1] ?? "";
}

/** A peer that serves. */
export class RunningPeer {
  readonly ready: { readonly url: string };
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess, port: string) {
    this.#process = process;
    this.ready = { url: `http://127.0.0.1:${port}/metrics` };
  }

  /** Resolves to undefined where its language or its packages cannot be had. */
  static async start(peer: Peer, folder: string, file: string): Promise<RunningPeer | undefined> {
    try {
      const [program, ...args] = await peer.prepare(folder);
      const child = spawn(program, [...args, file], { stdio: ["ignore", "pipe", "inherit"] });
      const [port] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
      return new RunningPeer(child, port);
    } catch (error) {
      const reason = error instanceof Error ? error.message.split("\n", 1)[0] : String(error);
      process.stderr.write(`skipped ${peer.name}: ${reason}\n`);
      return undefined;
    }
  }

  async ask({ durationMs }: { readonly durationMs: number }): Promise<CpuAndMemory> {
    const before = this.#cpuMs();
    const startMs = performance.now();
    await sleep(durationMs);
    return {
      cpuShare: (this.#cpuMs() - before) / (performance.now() - startMs),
      residentBytes: 1024 * Number(/^VmRSS:\s+(\d+)/m.exec(this.#proc("status"))?.[1]),
    };
  }

  async stop(): Promise<void> {
    const exited = once(this.#process, "exit");
    this.#process.kill();
    await exited;
  }

  /** User and system time; the fields are counted from behind the name, which may hold spaces. */
  #cpuMs(): number {
    const fields = this.#proc("stat").split(") ")[1]?.split(" ") ?? [];
    return MS_PER_TICK * (Number(fields[11]) + Number(fields[12]));
  }

  #proc(file: string): string {
    return readFileSync(`/proc/${this.#process.pid}/${file}`, "utf8");
  }
}
