import { setFlagsFromString } from "node:v8";
import { Worker } from "node:worker_threads";

/**
 * Keeps V8's heap small, of all threads: the young generation stays at its first size of a megabyte or two, which would else grow to 16
 * and more, and the old one grows by a quarter until garbage is collected. Most of what a poll makes either is garbage at once or stays until
 * the next poll of the workgroup, so larger generations would hold more garbage and spare little work. To be called before the program is
 * loaded: loading it makes the young generation grow, and it hardly ever shrinks.
 */
export function keepHeapSmall(): void {
  setFlagsFromString("--semi-space-growth-factor=1");
  setFlagsFromString("--heap-growing-percent=25");
}

/** V8's defaults, for commands that end soon: they are a tenth faster. */
export function letHeapGrow(): void {
  setFlagsFromString("--semi-space-growth-factor=2");
  setFlagsFromString("--heap-growing-percent=0");
}

/** Starts a thread of a long-lived process. V8 sets the first flag back when it makes the heap of a thread. */
export function startThread(file: URL, workerData?: unknown): Worker {
  const worker = new Worker(file, { workerData });
  worker.once("online", keepHeapSmall);
  return worker;
}
