import { fileURLToPath } from "node:url";
import { temporaryFolder } from "./temporary-folder.ts";
import { Program, runProgram, type Exit, type ProgramOptions } from "./program.ts";
import { until } from "./until.ts";

const MAIN = fileURLToPath(new URL("../../dist/main.js", import.meta.url));

export interface ExporterOptions extends Omit<ProgramOptions, "environment"> {
  /** Beside a PATH, an empty HOME and no EC2 metadata. */
  readonly environment?: Readonly<Record<string, string>>;
  /** What runs Node in its place, as `env` and `nice` do. */
  readonly prefix?: readonly string[];
}

/** One line of the log. */
export interface LogLine {
  readonly level: number;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** Runs a command of the built exporter to its end. */
export async function runExporter(args: readonly string[], options: ExporterOptions = {}): Promise<Exit> {
  const { command, ...rest } = await commandLine(args, options);
  return runProgram(command, rest.args, rest.options);
}

/** Starts a daemon, on a free port of 127.0.0.1 unless `args` say otherwise, and waits until it listens. */
export async function startExporter(
  args: readonly string[] = [],
  options: ExporterOptions = {},
): Promise<Exporter> {
  const exporter = await spawnExporter([...args, "--web.listen-address=127.0.0.1:0"], options);
  const { program } = exporter;
  await until("the exporter to listen", () => program.hasExited || exporter.lines("started").length > 0);
  if (program.hasExited) throw new Error(`the exporter ended: ${program.stderr}`);
  const [url = ""] = exporter.lines("started").map(urlOf);
  return new Exporter(program, url);
}

/** Starts the exporter without waiting for anything. */
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

  /** The lines of its log that carry this message; all without one. */
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

  /** The exposition in text 0.0.4. */
  async metrics(): Promise<string> {
    const response = await this.get("/metrics");
    if (response.status !== 200) throw new Error(`/metrics answers ${response.status}`);
    return response.text();
  }

  /** The status of an answer that was read to its end. */
  async status(path: string): Promise<number> {
    const response = await this.get(path);
    await response.arrayBuffer();
    return response.status;
  }

  async isReady(): Promise<boolean> {
    return (await this.status("/-/ready")) === 200;
  }

  /** Waits until every workgroup has been tried once. */
  async untilReady(): Promise<this> {
    await until("the exporter to be ready", () => this.isReady());
    return this;
  }

  /** Waits until a line of the exposition matches. */
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

function urlOf({ listening }: LogLine): string {
  const [{ host, port }] = listening as [{ readonly host: string; readonly port: number }];
  return `http://${host}:${port}`;
}
