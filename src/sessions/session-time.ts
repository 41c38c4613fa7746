import type { CountedState, SessionDetails } from "./session.ts";
import type { LivingSession } from "./tracker.ts";

/** What the coordinator of a session holds at least. */
const COORDINATOR_DPUS = 1;

/** The DPUs that a session holds while it is idle: its coordinator's, as far as that is known. */
export function idleDpusOf(details: SessionDetails | undefined): number {
  return details?.coordinatorDpus ?? COORDINATOR_DPUS;
}

/** Seconds that sessions spent in each state and DPU-seconds that they idled away, to be added to. */
export class SessionTime {
  readonly #seconds: Record<CountedState, number>;
  #idleDpuSeconds: number;

  constructor(seconds: Readonly<Record<CountedState, number>>, idleDpuSeconds: number) {
    this.#seconds = { ...seconds };
    this.#idleDpuSeconds = idleDpuSeconds;
  }

  get seconds(): Readonly<Record<CountedState, number>> {
    return this.#seconds;
  }

  get idleDpuSeconds(): number {
    return this.#idleDpuSeconds;
  }

  /**
   * Adds what a session that still lives did from `fromMs` to `toMs`, Unix milliseconds of AWS' clock: it was in its
   * former state until its present one began. One that is IDLE again, but since later, was BUSY between; one that was
   * never seen before was CREATING. `dpus`: what it holds while it is idle.
   */
  addLiving(
    before: LivingSession | undefined,
    now: { readonly state: CountedState; readonly sinceMs: number },
    fromMs: number,
    toMs: number,
    dpus: number,
  ): void {
    const changedMs = Math.min(Math.max(now.sinceMs, fromMs), toMs);
    this.#add(stateBetween(before, now.state), fromMs, changedMs, dpus);
    this.#add(now.state, changedMs, toMs, dpus);
  }

  /** Adds what a session did from `fromMs` to its end, or to `toMs` where that is earlier. */
  addEnded(before: LivingSession, endMs: number, fromMs: number, toMs: number): void {
    this.#add(before.state, fromMs, Math.min(endMs, toMs), idleDpusOf(before.details));
  }

  #add(state: CountedState, fromMs: number, toMs: number, dpus: number): void {
    const seconds = Math.max(0, toMs - fromMs) / 1000;
    this.#seconds[state] += seconds;
    if (state === "IDLE") this.#idleDpuSeconds += seconds * dpus;
  }
}

function stateBetween(before: LivingSession | undefined, state: CountedState): CountedState {
  if (before === undefined) return "CREATING";
  return before.state === "IDLE" && state === "IDLE" ? "BUSY" : before.state;
}
