import { type Clock, systemClock } from "../../src/clock.ts";

/** Timers are real, but the wall clock stands still between its steps, so that a poll meets a fleet that does not move. */
export class SteppedClock implements Clock {
  #wallMs = systemClock.wallMs();

  wallMs(): number {
    return this.#wallMs;
  }

  step(ms: number): void {
    this.#wallMs += ms;
  }

  monotonicMs(): number {
    return systemClock.monotonicMs();
  }

  after(delayMs: number, action: () => void): () => void {
    return systemClock.after(delayMs, action);
  }
}
