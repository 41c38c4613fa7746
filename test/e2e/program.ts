import { spawn, type ChildProcess, type StdioOptions } from "node:child_process";
import { onTestFinished } from "vitest";

/** How to run a program. */
export interface ProgramOptions {
  /** The whole environment; the test's own is not inherited. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  readonly stdio?: StdioOptions;
  /** Written to stdin, which is then closed; empty by default. */
  readonly input?: string;
}

/** How a program ended, and what it printed. */
export interface Exit {
  /** The exit status; undefined if a signal ended the program. */
  readonly status: number | undefined;
  readonly signal: string | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** A child process that is killed when the test ends. */
export class Program {
  readonly child: ChildProcess;
  readonly exited: Promise<Exit>;
  #stdout = "";
  #stderr = "";

  constructor(command: string, args: readonly string[], options: ProgramOptions = {}) {
    const { environment = {}, cwd = "/", stdio = "pipe", input = "" } = options;
    this.child = spawn(command, args, { env: environment, cwd, stdio });
    this.child.stdout?.on("data", (data: Buffer) => (this.#stdout += data.toString()));
    this.child.stderr?.on("data", (data: Buffer) => (this.#stderr += data.toString()));
    this.child.stdin?.on("error", ignoreBrokenPipe);
    this.child.stdin?.end(input);
    this.exited = this.#whenExited();
    onTestFinished(() => this.#end());
  }

  /** The output so far. */
  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  get hasExited(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  #whenExited(): Promise<Exit> {
    return new Promise((resolve, reject) => {
      this.child.once("error", reject);
      this.child.once("close", (status, signal) =>
        resolve({
          status: status ?? undefined,
          signal: signal ?? undefined,
          stdout: this.#stdout,
          stderr: this.#stderr,
        }),
      );
    });
  }

  async #end(): Promise<void> {
    if (!this.hasExited) this.child.kill("SIGKILL");
    await this.exited;
  }
}

/** Runs a program until it exits. */
export async function runProgram(
  command: string,
  args: readonly string[],
  options?: ProgramOptions,
): Promise<Exit> {
  return new Program(command, args, options).exited;
}

/** A program may exit without reading its input. */
function ignoreBrokenPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
}
