import type { Clock } from "../clock.ts";

/** Ends work after a time budget, in which waiting for the rate limit does not count. */
export class Deadline {
  readonly #clock: Clock;
  readonly #expire: () => void;
  #leftMs: number;
  #runningSinceMs = 0;
  #pauses = 0;
  #isOver = false;
  #cancel = (): void => {};

  /** Starts at once. */
  constructor(clock: Clock, budgetMs: number, expire: () => void) {
    this.#clock = clock;
    this.#leftMs = budgetMs;
    this.#expire = expire;
    this.#run();
  }

  /** Runs `wait`, whose time does not count. */
  async pauseFor(wait: () => Promise<void>): Promise<void> {
    if (this.#pauses === 0) this.#halt();
    this.#pauses += 1;
    try {
      await wait();
    } finally {
      this.#pauses -= 1;
      if (this.#pauses === 0) this.#run();
    }
  }

  /** Stops for good: a wait that ends later does not start the time again. */
  stop(): void {
    this.#isOver = true;
    this.#halt();
  }

  #halt(): void {
    this.#leftMs -= this.#clock.monotonicMs() - this.#runningSinceMs;
    this.#cancel();
  }

  #run(): void {
    if (this.#isOver) return;
    this.#runningSinceMs = this.#clock.monotonicMs();
    this.#cancel = this.#clock.after(this.#leftMs, this.#expire);
  }
}
