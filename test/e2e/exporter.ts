import { fileURLToPath } from "node:url";
import { temporaryFolder } from "./temporary-folder.ts";
import { Program, runProgram, type Exit, type ProgramOptions } from "./program.ts";
import { until } from "./until.ts";

const MAIN = fileURLToPath(new URL("../../dist/main.js", import.meta.url));

/** How to run the exporter. */
export interface ExporterOptions extends Omit<ProgramOptions, "environment"> {
  /** In addition to PATH, an empty HOME, and disabled EC2 metadata. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Of its addresses; http by default. */
  readonly scheme?: "http" | "https";
  /** A command that runs Node, such as `nice`, with its arguments. */
  readonly prefix?: readonly string[];
}

/** One line of the log. */
export interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** Runs a command of the built exporter until it exits. */
export async function runExporter(args: readonly string[], options: ExporterOptions = {}): Promise<Exit> {
  const { command, ...rest } = await commandLine(args, options);
  return runProgram(command, rest.args, rest.options);
}

/** Starts the exporter on a free port of 127.0.0.1 and waits until it listens. */
export async function startExporter(
  args: readonly string[] = [],
  options: ExporterOptions = {},
): Promise<Exporter> {
  const exporter = await spawnExporter([...args, "--web.listen-address=127.0.0.1:0"], options);
  const { program } = exporter;
  await until("the exporter to listen", () => program.hasExited || exporter.lines("started").length > 0);
  if (program.hasExited) throw new Error(`the exporter exited: ${program.stderr}`);
  const scheme = options.scheme ?? "http";
  const [url = ""] = exporter.lines("started").map((line) => urlOf(line, scheme));
  return new Exporter(program, url);
}

/** Starts the exporter without waiting until it listens. */
export async function spawnExporter(
  args: readonly string[],
  options: ExporterOptions = {},
  url = "",
): Promise<Exporter> {
  const { command, ...rest } = await commandLine(args, options);
  return new Exporter(new Program(command, rest.args, rest.options), url);
}

/** A running exporter. */
export class Exporter {
  readonly program: Program;
  /** For example "http://127.0.0.1:40123". */
  readonly url: string;

  constructor(program: Program, url: string) {
    this.program = program;
    this.url = url;
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** The log lines with this message; all log lines if it is absent. */
  lines(message?: string): readonly LogLine[] {
    return this.program.stderr
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line) as LogLine)
      .filter(({ msg }) => message === undefined || msg === message);
  }

  async get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    return fetch(`${this.url}${path}`, { headers });
  }

  /** The metrics in the text format 0.0.4. */
  async metrics(): Promise<string> {
    const response = await this.get("/metrics");
    if (response.status !== 200) throw new Error(`/metrics responded with status ${response.status}`);
    return response.text();
  }

  /** Requests a path, reads the whole response and returns its status. */
  async status(path: string): Promise<number> {
    const response = await this.get(path);
    await response.arrayBuffer();
    return response.status;
  }

  async isReady(): Promise<boolean> {
    return (await this.status("/-/ready")) === 200;
  }

  /** Waits until /-/ready responds with 200. */
  async untilReady(): Promise<this> {
    await until("the exporter to be ready", () => this.isReady());
    return this;
  }

  /** Waits until the metrics match. */
  async untilMetric(pattern: RegExp, deadlineMs?: number): Promise<void> {
    await until(`a metric ${pattern.source}`, async () => pattern.test(await this.metrics()), deadlineMs);
  }
}

async function commandLine(args: readonly string[], { prefix = [], ...options }: ExporterOptions) {
  const [command = process.execPath, ...rest] = [...prefix, process.execPath, MAIN, ...args];
  const environment = {
    PATH: process.env["PATH"] ?? "",
    HOME: await temporaryFolder(),
    AWS_EC2_METADATA_DISABLED: "true",
    ...options.environment,
  };
  return { command, args: rest, options: { ...options, environment } };
}

function urlOf({ listening }: LogLine, scheme: string): string {
  const [{ host, port }] = listening as [{ readonly host: string; readonly port: number }];
  return `${scheme}://${host}:${port}`;
}
