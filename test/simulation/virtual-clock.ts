import { setImmediate as nextTurn } from "node:timers/promises";

interface Timer {
  readonly atMs: number;
  readonly order: number;
  action: (() => void) | undefined;
}

/** Now and then the process' own event loop has a turn, so that it can collect garbage and receive messages. */
const TURN_EVERY_MS = 3_600_000;

/**
 * Time that passes only when it is told to. Timers run in the order of their times, those of one time in the order in
 * which they were set, and between two of them all promises are settled that can be: a run is repeated exactly.
 */
export class VirtualClock {
  /** A binary heap, the earliest first. */
  readonly #timers: Timer[] = [];
  #nowMs = 0;
  #order = 0;
  #turnAtMs = TURN_EVERY_MS;
  /** Unix milliseconds of a monotonic time. */
  readonly #wallAt: (nowMs: number) => number;

  constructor(wallAt: (nowMs: number) => number) {
    this.#wallAt = wallAt;
  }

  /** Unix milliseconds. */
  wallMs(): number {
    return this.#wallAt(this.#nowMs);
  }

  /** Milliseconds since the beginning of the world. */
  monotonicMs(): number {
    return this.#nowMs;
  }

  /** Runs `action` once after `delayMs`; the returned function cancels it. */
  after(delayMs: number, action: () => void): () => void {
    const timer: Timer = { atMs: this.#nowMs + Math.max(0, delayMs), order: this.#order, action };
    this.#order += 1;
    this.#push(timer);
    return () => {
      timer.action = undefined;
    };
  }

  /** Resolves after `delayMs`. */
  async sleep(delayMs: number): Promise<void> {
    await new Promise<void>((resolve) => this.after(delayMs, resolve));
  }

  /** Lets time pass until `untilMs`, with all that is due by then. Rejects where a timer's action throws. */
  async runUntil(untilMs: number): Promise<void> {
    await settled();
    for (let timer = this.#timers[0]; timer !== undefined && timer.atMs <= untilMs; timer = this.#timers[0]) {
      this.#pop();
      const { action } = timer;
      if (action === undefined) continue;
      this.#nowMs = timer.atMs;
      action();
      await settled();
    }
    this.#nowMs = untilMs;
    if (this.#nowMs < this.#turnAtMs) return;
    this.#turnAtMs = this.#nowMs + TURN_EVERY_MS;
    await nextTurn();
  }

  #push(timer: Timer): void {
    const timers = this.#timers;
    let index = timers.length;
    timers.push(timer);
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = timers[parentIndex];
      if (parent === undefined || isBefore(parent, timer)) break;
      timers[index] = parent;
      index = parentIndex;
    }
    timers[index] = timer;
  }

  #pop(): void {
    const timers = this.#timers;
    const last = timers.pop();
    if (last === undefined || timers.length === 0) return;
    let index = 0;
    for (;;) {
      let childIndex = 2 * index + 1;
      let child = timers[childIndex];
      if (child === undefined) break;
      const right = timers[childIndex + 1];
      if (right !== undefined && isBefore(right, child)) {
        child = right;
        childIndex += 1;
      }
      if (isBefore(last, child)) break;
      timers[index] = child;
      index = childIndex;
    }
    timers[index] = last;
  }
}

function isBefore(a: Timer, b: Timer): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}

/**
 * Resolves once every promise that can settle without a timer has settled: a tick runs only when no microtask is left,
 * however many follow from one another, and it costs a tenth of a turn of the event loop.
 */
async function settled(): Promise<void> {
  await new Promise<void>((resolve) => {
    queueMicrotask(() => process.nextTick(resolve));
  });
}
