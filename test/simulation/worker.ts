import { parentPort } from "node:worker_threads";
import { drawWorld } from "./draw-world.ts";
import type { Violation } from "./oracle-context.ts";
import { runWorld } from "./run-world.ts";
import { describeWorld, shrink } from "./shrink.ts";

/** A world to run. */
export interface Task {
  readonly seed: number;
  /** The most runs to find a smaller world by, where a promise does not hold. */
  readonly shrinkRuns: number;
}

export interface TaskResult {
  readonly seed: number;
  readonly elapsedMs: number;
  readonly requests: number;
  /** Present where a promise did not hold. */
  readonly violation?: Violation;
  /** The smallest world that was found, as text. */
  readonly shrunk?: string;
}

async function run({ seed, shrinkRuns }: Task): Promise<TaskResult> {
  const world = drawWorld(seed);
  const { violations, elapsedMs, requests } = await runWorld(world);
  const [violation] = violations;
  if (violation === undefined) return { seed, elapsedMs, requests };
  if (shrinkRuns === 0) return { seed, elapsedMs, requests, violation };
  const smallest = await shrink(world, violation, shrinkRuns);
  const { rule, message, atMs } = smallest.violation;
  const shrunk = `${rule} at minute ${atMs / 60_000}: ${message}\n${describeWorld(smallest.world)}`;
  return { seed, elapsedMs, requests, violation, shrunk };
}

const port = parentPort;
if (port !== null) {
  port.on("message", (task: Task) => {
    void run(task).then((result) => port.postMessage(result));
  });
}
