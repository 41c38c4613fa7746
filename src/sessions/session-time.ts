import type { CountedState, Session, SessionDetails } from "./session.ts";
import type { ActiveSession } from "./tracker.ts";

/** A session holds at least this many DPUs, for its coordinator. */
const COORDINATOR_DPUS = 1;

/** The DPUs that a session holds while it is idle: those of its coordinator, as far as known. */
export function idleDpusOf(details: SessionDetails | undefined): number {
  return details?.coordinatorDpus ?? COORDINATOR_DPUS;
}

/**
 * Since when a session is in its state: IdleSinceDateTime for IDLE, else LastModifiedDateTime when first seen in it; at the latest
 * `nowMs`, when the response was requested. All in Unix milliseconds of AWS' clock.
 */
export function sinceOf(
  session: Session,
  state: CountedState,
  before: ActiveSession | undefined,
  nowMs: number,
): number {
  const sameState = before?.state === state ? before.sinceMs : undefined;
  const sinceMs =
    state === "IDLE"
      ? (session.idleSinceMs ?? session.lastModifiedMs ?? sameState)
      : (sameState ?? session.lastModifiedMs);
  return Math.min(sinceMs ?? nowMs, nowMs);
}

/** A time that is to be counted, in monotonic milliseconds, and when in it the present state began. */
export interface CountedTime {
  readonly fromMs: number;
  readonly changedMs: number;
  readonly toMs: number;
}

/** Sums up the seconds that sessions spend in each state, and the DPU-seconds that they are idle. */
export class SessionTime {
  readonly #seconds: Record<CountedState, number>;
  #idleDpuSeconds: number;

  /** Continues from these sums. */
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
   * Adds the time of an active session, in monotonic milliseconds: it was in its former state until the present one began. A session
   * that is IDLE again, but since later, was BUSY in between; a new one was CREATING.
   * @param dpus what it holds while it is idle
   * @returns the DPU-seconds of it that were idle before the present state
   */
  addActive(before: ActiveSession | undefined, state: CountedState, time: CountedTime, dpus: number): number {
    const formerly = this.#add(stateBetween(before, state), time.fromMs, time.changedMs, dpus);
    this.#add(state, time.changedMs, time.toMs, dpus);
    return formerly;
  }

  /** Adds the time of a session to its end, in monotonic milliseconds. */
  addEnded(before: ActiveSession, fromMs: number, endMs: number): void {
    this.#add(before.state, fromMs, endMs, idleDpusOf(before.details));
  }

  #add(state: CountedState, fromMs: number, toMs: number, dpus: number): number {
    const seconds = Math.max(0, toMs - fromMs) / 1000;
    this.#seconds[state] += seconds;
    const idleDpuSeconds = state === "IDLE" ? seconds * dpus : 0;
    this.#idleDpuSeconds += idleDpuSeconds;
    return idleDpuSeconds;
  }
}

function stateBetween(before: ActiveSession | undefined, state: CountedState): CountedState {
  if (before === undefined) return "CREATING";
  return before.state === "IDLE" && state === "IDLE" ? "BUSY" : before.state;
}
