import type { EventIdentity } from "./identity.ts";

/** The values of SessionState in the Athena API reference. */
export const SESSION_STATES = [
  "CREATING",
  "CREATED",
  "IDLE",
  "BUSY",
  "TERMINATING",
  "TERMINATED",
  "DEGRADED",
  "FAILED",
] as const;

export type SimulatedState = (typeof SESSION_STATES)[number];

/** A session enters `state` at `atMs` (Unix milliseconds). */
export interface StateChange {
  readonly atMs: number;
  readonly state: SimulatedState;
  readonly reason?: string | undefined;
  /** Who called TerminateSession, if that is the cause: whoever started the session, or somebody else. */
  readonly terminatedBy?: "owner" | EventIdentity;
}

/** State changes in chronological order; the first is the start of the session. */
export type Lifecycle = [StateChange, ...StateChange[]];

/** The properties of a session that never change. DPUs are undefined for an engine for which Athena returns none. */
export interface SessionTraits {
  readonly id: string;
  readonly description: string | undefined;
  readonly engineVersion: string;
  readonly notebookVersion: string | undefined;
  readonly idleTimeoutMinutes: number;
  readonly coordinatorDpus: number | undefined;
  readonly maxDpus: number | undefined;
  readonly executionRole: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  /** Undefined: derived from the id. */
  readonly startedBy: EventIdentity | undefined;
}

/** The state of a session at one time. All times are Unix milliseconds. */
export interface SessionStatus {
  readonly state: SimulatedState;
  readonly reason: string | undefined;
  readonly startMs: number;
  readonly lastModifiedMs: number;
  readonly idleSinceMs: number | undefined;
  readonly endMs: number | undefined;
}

/** Whether `state` is final: TERMINATED or FAILED. */
export function isEnded(state: SimulatedState): boolean {
  return state === "TERMINATED" || state === "FAILED";
}

/**
 * A session whose state changes are planned in advance, so that its status is a pure function of time. Tests and API
 * requests replace the changes that are planned after a given time.
 */
export class SimulatedSession {
  readonly traits: SessionTraits;
  readonly startMs: number;
  readonly #changes: StateChange[];
  /** The times at which the session vanishes and reappears, alternately. */
  readonly #vanishToggles: number[] = [];

  constructor(traits: SessionTraits, lifecycle: Readonly<Lifecycle>) {
    this.traits = traits;
    this.startMs = lifecycle[0].atMs;
    this.#changes = [...lifecycle];
  }

  /** The state changes from the start to `untilMs`. */
  changesUntil(untilMs: number): readonly StateChange[] {
    return this.#changes.filter((change) => change.atMs <= untilMs);
  }

  /** The status at `nowMs`, vanished or not; undefined before the start. */
  statusAt(nowMs: number): SessionStatus | undefined {
    const change = this.#changes.findLast((candidate) => candidate.atMs <= nowMs);
    if (change === undefined) return undefined;
    return {
      state: change.state,
      reason: change.reason,
      startMs: this.startMs,
      lastModifiedMs: change.atMs,
      idleSinceMs: change.state === "IDLE" ? change.atMs : undefined,
      endMs: isEnded(change.state) ? change.atMs : undefined,
    };
  }

  /** Whether listings and lookups omit the session at `nowMs`, as if it had never existed. */
  isVanished(nowMs: number): boolean {
    return (
      this.#vanishToggles.length > 0 && this.#vanishToggles.filter((atMs) => atMs <= nowMs).length % 2 === 1
    );
  }

  /** The planned end of the session; undefined if none is planned. */
  get endMs(): number | undefined {
    const last = this.#changes.at(-1);
    return last !== undefined && isEnded(last.state) ? last.atMs : undefined;
  }

  /** Replaces the planned changes from the time of the first of `changes` on; the start stays. */
  rewrite(changes: Readonly<Lifecycle>): void {
    const kept = this.#changes.findIndex(
      (change) => change.atMs >= changes[0].atMs && change.atMs > this.startMs,
    );
    if (kept >= 0) this.#changes.length = kept;
    this.#changes.push(...changes);
  }

  /** Makes the session vanish at `atMs`, or reappear if it had vanished before. */
  toggleVanished(atMs: number): void {
    this.#vanishToggles.push(atMs);
  }
}

/**
 * DPU-milliseconds used until `nowMs`: the coordinator from start to end, all other DPUs while BUSY. A plausible value
 * for GetSession's DpuExecutionInMillis; AWS does not document how it is computed.
 */
export function dpuMs(session: SimulatedSession, nowMs: number): number {
  const changes = session.changesUntil(nowMs);
  const executors = (session.traits.maxDpus ?? 1) - (session.traits.coordinatorDpus ?? 1);
  return changes.reduce((sum, change, index) => {
    if (isEnded(change.state)) return sum;
    const spanMs = (changes[index + 1]?.atMs ?? nowMs) - change.atMs;
    return sum + spanMs * (change.state === "BUSY" ? 1 + executors : 1);
  }, 0);
}
