import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { Coverage, pairsOf } from "./coverage.ts";
import { drawWorld, FIRST_FRESH_SEED } from "./draw-world.ts";
import { PINNED_SEEDS } from "./pinned-seeds.ts";
import type { Task, TaskResult } from "./worker.ts";

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const FRESH_SEEDS = 2 ** 28;
const SHRINK_RUNS = 300;
/** A run this long meets every pair that this many worlds have between them. */
const DAYS_OF_FULL_COVERAGE = 1000;
const WORLDS_OF_ALL_PAIRS = 1500;
/** The rest of the days is for worlds with pairs that the fresh ones lack. */
const FRESH_SHARE = 0.75;
const MAX_SHOWN_FAILURES = 5;

interface Options {
  readonly seed: number;
  readonly days: number;
  readonly workers: number;
  readonly skipsPinned: boolean;
  readonly shrinkRuns: number;
  readonly isFailFast: boolean;
}

function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      seed: { type: "string" },
      "first-fresh": { type: "string", default: String(Math.floor(Math.random() * FRESH_SEEDS)) },
      days: { type: "string", default: "100" },
      workers: { type: "string", default: String(availableParallelism()) },
      "no-pinned": { type: "boolean", default: false },
      "no-shrink": { type: "boolean", default: false },
      "fail-fast": { type: "boolean", default: false },
    },
  });
  return {
    seed: Number(values.seed ?? FIRST_FRESH_SEED + Number(values["first-fresh"])),
    days: Number(values.days),
    workers: Number(values.workers),
    // A seed that is asked for is wanted at once.
    skipsPinned: values["no-pinned"] || values.seed !== undefined,
    shrinkRuns: values["no-shrink"] ? 0 : SHRINK_RUNS,
    isFailFast: values["fail-fast"],
  };
}

/** Seeds one after the other: the pinned ones, fresh ones, those that coverage lacks, and fresh ones until there are enough days. */
class Seeds {
  readonly #options: Options;
  readonly #pinned: number[];
  readonly #coverage: Coverage;
  #next: number;

  constructor(options: Options, coverage: Coverage) {
    this.#options = options;
    this.#pinned = options.skipsPinned ? [] : [...PINNED_SEEDS];
    this.#next = options.seed;
    this.#coverage = coverage;
  }

  /** Undefined once there is nothing more to run. */
  next(elapsedMs: number): number | undefined {
    const pinned = this.#pinned.shift();
    const share = elapsedMs / (this.#options.days * DAY_MS);
    const lacking = share < FRESH_SHARE ? undefined : this.#coverage.seedOfMissing();
    const seed = pinned ?? lacking ?? (share < 1 ? this.#fresh() : undefined);
    if (seed !== undefined) this.#coverage.add(pairsOf(drawWorld(seed)));
    return seed;
  }

  #fresh(): number {
    this.#next += 1;
    return this.#next - 1;
  }
}

async function main(options: Options): Promise<number> {
  const started = Date.now();
  process.stdout.write(`seed ${options.seed}, ${options.days} days on ${options.workers} cores\n`);
  const isFull = options.days >= DAYS_OF_FULL_COVERAGE;
  const coverage = new Coverage(
    isFull ? Array.from({ length: WORLDS_OF_ALL_PAIRS }, (_, index) => FIRST_FRESH_SEED + index) : [],
  );
  const seeds = new Seeds(options, coverage);
  const failures: TaskResult[] = [];
  let elapsedMs = 0;
  let requests = 0;
  let worlds = 0;
  const work = async (worker: Worker): Promise<void> => {
    for (;;) {
      const seed = options.isFailFast && failures.length > 0 ? undefined : seeds.next(elapsedMs);
      if (seed === undefined) return;
      const result = await ask(worker, {
        seed,
        shrinkRuns: failures.length < MAX_SHOWN_FAILURES ? options.shrinkRuns : 0,
      });
      elapsedMs += result.elapsedMs;
      requests += result.requests;
      worlds += 1;
      if (result.violation === undefined) continue;
      failures.push(result);
      report(result);
    }
  };
  const workers = Array.from(
    { length: options.workers },
    () => new Worker(new URL("./worker.js", import.meta.url)),
  );
  await Promise.all(workers.map(work));
  await Promise.all(workers.map(async (worker) => worker.terminate()));
  const seconds = (Date.now() - started) / 1000;
  const missing = coverage.missing();
  process.stdout.write(
    `${worlds} worlds, ${(elapsedMs / DAY_MS).toFixed(1)} days, ${requests} requests in ${seconds.toFixed(1)} s; ${failures.length} failed\n`,
  );
  if (isFull) process.stdout.write(`${coverage.summary()}\n`);
  return failures.length > 0 || missing.length > 0 ? 1 : 0;
}

async function ask(worker: Worker, task: Task): Promise<TaskResult> {
  return new Promise((resolve, reject) => {
    worker.once("error", reject);
    worker.once("message", (result: TaskResult) => {
      worker.off("error", reject);
      resolve(result);
    });
    worker.postMessage(task, []);
  });
}

function report({ seed, violation, shrunk }: TaskResult): void {
  if (violation === undefined) return;
  const { rule, message, atMs } = violation;
  process.stdout.write(`seed ${seed}, minute ${atMs / MINUTE_MS}: ${rule}: ${message}\n`);
  if (shrunk !== undefined) process.stdout.write(`shrunk to\n${shrunk}\n`);
}

process.exitCode = await main(readOptions());
