import type { Worker } from "node:worker_threads";
import { createBirpc } from "birpc";
import type { AccessConfig } from "../config/web/access-config.ts";
import { startThread } from "../heap.ts";
import type { TextStore } from "../metrics/workgroup-renderer.ts";
import type { BoundAddress, ListenTarget } from "./listen.ts";
import type { PollingCalls, ServingCalls, ServingSettings } from "./thread-calls.ts";

// Threads are started from compiled files only.
const WORKER = new URL("./serving-worker.js", import.meta.url);

/**
 * The thread that keeps the text of workgroups and serves HTTP, so that no scrape waits for a poll. It knows no more of the exporter than
 * it is told.
 */
export class ServingThread implements TextStore {
  readonly #worker: Worker;
  readonly #calls: ReturnType<typeof callsTo>;
  readonly #failed: Promise<never>;
  #hasStarted = false;
  #isClosing = false;

  constructor(settings: ServingSettings, polling: PollingCalls) {
    // Rows of tables have functions, which cannot be sent.
    const families = settings.families.map(({ name, type, help }) => ({ name, type, help }));
    const workerData: ServingSettings = { ...settings, families };
    this.#worker = startThread(WORKER, workerData);
    this.#calls = callsTo(this.#worker, polling);
    this.#failed = new Promise((_resolve, reject) => {
      let cause: Error | undefined;
      // The exit always follows. What is thrown here is lost if both arrive together, as they do while this thread is busy.
      this.#worker.on("error", (error) => {
        cause = error;
      });
      this.#worker.on("exit", (code) => {
        if (this.#isClosing) return;
        const error = cause ?? new Error(`the thread that serves HTTP ended with status ${code}`);
        // The process cannot go on without it.
        if (this.#hasStarted) throw error;
        reject(error);
      });
    });
    // It is of interest only while `listen` waits.
    this.#failed.catch(() => undefined);
  }

  /** See HttpServer. Rejects with an error of one line, also where the thread cannot start. */
  async listen(targets: readonly ListenTarget[]): Promise<readonly BoundAddress[]> {
    const bound = await Promise.race([this.#calls.listen(targets), this.#failed]);
    this.#hasStarted = true;
    return bound;
  }

  setLines(key: string, isPolled: boolean, lines: readonly (string | undefined)[]): void {
    void this.#calls.setLines(key, isPolled, lines);
  }

  remove(key: string): void {
    void this.#calls.remove(key);
  }

  markChanged(): void {
    void this.#calls.markChanged();
  }

  /** Resolves when all text that was set before has arrived. */
  arrived(): Promise<void> {
    return this.#calls.arrived();
  }

  /** See HttpServer. */
  applyAccess(access: AccessConfig): Promise<string | undefined> {
    return this.#calls.applyAccess(access);
  }

  /** See HttpServer; it also ends the thread. */
  async close(graceMs: number): Promise<void> {
    await this.#calls.close(graceMs);
    this.#isClosing = true;
    await this.#worker.terminate();
  }
}

function callsTo(worker: Worker, polling: PollingCalls) {
  return createBirpc<ServingCalls, PollingCalls>(polling, {
    post: (message) => worker.postMessage(message, []),
    on: (listener) => worker.on("message", listener),
    eventNames: ["setLines", "remove", "markChanged"],
    timeout: -1,
  });
}
