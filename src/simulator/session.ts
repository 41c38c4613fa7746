/** SessionState in the Athena API reference. */
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

export type SessionState = (typeof SESSION_STATES)[number];

/** A session enters `state` at `atMs` (Unix milliseconds). */
export interface StateChange {
  readonly atMs: number;
  readonly state: SessionState;
  readonly reason?: string | undefined;
}

/** Changes in the order of time; the first is the start. */
export type Life = [StateChange, ...StateChange[]];

/** What does not change in a session's life. DPUs are absent where Athena would tell none. */
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
}

/** A session as it is at one time. Times are Unix milliseconds. */
export interface SessionStatus {
  readonly state: SessionState;
  readonly reason: string | undefined;
  readonly startMs: number;
  readonly lastModifiedMs: number;
  readonly idleSinceMs: number | undefined;
  readonly endMs: number | undefined;
}

export function isEnded(state: SessionState): boolean {
  return state === "TERMINATED" || state === "FAILED";
}

/**
 * A session whose whole life is laid down in advance, so that its status is a pure function of time. Scripts and
 * calls of the API rewrite what lies after the time they name.
 */
export class SimulatedSession {
  readonly traits: SessionTraits;
  readonly startMs: number;
  readonly #changes: StateChange[];
  /** Times at which the session vanishes and comes back, in turn. */
  readonly #absences: number[] = [];

  constructor(traits: SessionTraits, life: Readonly<Life>) {
    this.traits = traits;
    this.startMs = life[0].atMs;
    this.#changes = [...life];
  }

  /** The life from the start to `untilMs`. */
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

  /** Whether Athena denies at `nowMs` that the session ever was. */
  isVanished(nowMs: number): boolean {
    return this.#absences.length > 0 && this.#absences.filter((atMs) => atMs <= nowMs).length % 2 === 1;
  }

  /** When the laid down life ends; undefined while it has no end. */
  get endMs(): number | undefined {
    const last = this.#changes.at(-1);
    return last !== undefined && isEnded(last.state) ? last.atMs : undefined;
  }

  /** Replaces what was laid down for the time from the first of `changes` on; the start stays. */
  rewrite(changes: Readonly<Life>): void {
    const kept = this.#changes.findIndex(
      (change) => change.atMs >= changes[0].atMs && change.atMs > this.startMs,
    );
    if (kept >= 0) this.#changes.length = kept;
    this.#changes.push(...changes);
  }

  /** From `atMs` on it is listed nowhere and lookups do not find it, or, called again, it is back. */
  toggleVanished(atMs: number): void {
    this.#absences.push(atMs);
  }
}

/**
 * DPU-milliseconds used until `nowMs`: the coordinator's for the whole life, every other DPU while BUSY. A plausible
 * figure for GetSession's DpuExecutionInMillis; how AWS counts is not published.
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
