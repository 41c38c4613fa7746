import { type Clock, systemClock } from "../../src/clock.ts";

/**
 * Timers are real, but the wall clock stands still between its steps, so that no session changes during a poll. The monotonic clock
 * takes the same steps, because the exporter converts times of one clock into the other.
 */
export class SteppedClock implements Clock {
  readonly #startMs = systemClock.wallMs();
  #steppedMs = 0;

  wallMs(): number {
    return this.#startMs + this.#steppedMs;
  }

  step(ms: number): void {
    this.#steppedMs += ms;
  }

  monotonicMs(): number {
    return systemClock.monotonicMs() + this.#steppedMs;
  }

  after(delayMs: number, action: () => void): () => void {
    return systemClock.after(delayMs, action);
  }
}
