/** The only source of time and timers, injected so that tests can use a virtual one. */
export interface Clock {
  /** Wall-clock time in Unix milliseconds; it may step. */
  wallMs(): number;
  /** Milliseconds from an arbitrary origin that never goes back. */
  monotonicMs(): number;
  /** Runs `action` once after `delayMs`; the returned function cancels it. */
  after(delayMs: number, action: () => void): () => void;
}

/** setTimeout fires at once above this delay, so longer waits are cut to it. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(delayMs, action) {
    const timer = setTimeout(action, Math.min(Math.max(0, delayMs), MAX_TIMER_MS));
    return () => clearTimeout(timer);
  },
};
