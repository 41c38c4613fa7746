import type { Worker } from "node:worker_threads";
import { startThread } from "../../heap.ts";

/** Passwords that wait, of all clients and of one. At 70 ms each, the last of them waits for 5 s. */
const MAX_WAITING = 64;
const MAX_WAITING_OF_CLIENT = 16;

interface Check {
  readonly password: string;
  readonly hash: string;
  readonly resolve: (isRight: boolean) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Compares passwords with bcrypt hashes on a thread, one after the other. Clients take turns, so that one that tries many passwords
 * delays the others by one hash only.
 */
export class PasswordChecker {
  /** By client, in the order of their turns; no list is empty. */
  readonly #waiting = new Map<string, Check[]>();
  #waitingCount = 0;
  #current: Check | undefined;
  #worker: Worker | undefined;

  /** Returns whether the password is right, or undefined at once if too many wait. Rejects if the thread fails. */
  check(client: string, password: string, hash: string): Promise<boolean> | undefined {
    const ofClient = this.#waiting.get(client) ?? [];
    if (this.#waitingCount >= MAX_WAITING || ofClient.length >= MAX_WAITING_OF_CLIENT) return undefined;
    return new Promise((resolve, reject) => {
      ofClient.push({ password, hash, resolve, reject });
      this.#waiting.set(client, ofClient);
      this.#waitingCount += 1;
      this.#next();
    });
  }

  /** Ends the thread; passwords that wait are never answered. */
  close(): void {
    void this.#worker?.terminate();
    this.#worker = undefined;
  }

  #next(): void {
    if (this.#current !== undefined) return;
    for (const [client, checks] of this.#waiting) {
      const [check, ...rest] = checks;
      this.#waiting.delete(client);
      if (rest.length > 0) this.#waiting.set(client, rest);
      if (check === undefined) continue;
      this.#waitingCount -= 1;
      this.#current = check;
      const { password, hash } = check;
      this.#startWorker().postMessage({ password, hash }, []);
      return;
    }
  }

  #startWorker(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    const worker = startThread(new URL("./bcrypt-worker.mjs", import.meta.url));
    worker.unref();
    worker.on("message", (isRight: boolean) => this.#end((check) => check.resolve(isRight)));
    worker.on("error", (error) => {
      // The next password gets a new thread.
      this.#worker = undefined;
      this.#end((check) => check.reject(error));
    });
    this.#worker = worker;
    return worker;
  }

  #end(settle: (check: Check) => void): void {
    const check = this.#current;
    this.#current = undefined;
    if (check !== undefined) settle(check);
    this.#next();
  }
}
