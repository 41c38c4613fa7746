import { type Behaviour, planIdleLifecycle, planLifecycle, planTermination, QUIET } from "./behaviour.ts";
import type { EventIdentity } from "./identity.ts";
import { randomDescription } from "./session-description.ts";
import { type Random, seededRandom, randomUuid, randomWaitMs, randomInteger } from "./random.ts";
import {
  isEnded,
  type Lifecycle,
  type SimulatedState,
  type SessionTraits,
  SimulatedSession,
} from "./session.ts";

/** Above it the oldest ended sessions are dropped, which bounds the memory of a simulator that runs for days. */
const MAX_SESSIONS = 20_000;
const DEFAULT_HISTORY_MS = 30 * 24 * 3_600_000;
const DEFAULT_IDLE_TIMEOUT_MINUTES = 20;

/** How to create a workgroup. */
export interface WorkgroupOptions {
  readonly name: string;
  /** For example "PySpark engine version 3", "Athena engine version 3" or "AUTO"; if absent, Athena returns none. */
  readonly engine?: string;
  /** Whether the workgroup accepts sessions; by default, whether the engine's name contains "Spark". */
  readonly spark?: boolean;
  readonly state?: "ENABLED" | "DISABLED";
  readonly description?: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** By default no session starts by itself. */
  readonly behaviour?: Behaviour;
  /** How long before the start of the simulation sessions begin to start; 0 by default. */
  readonly warmUpMs?: number;
  /** The number of sessions that ended before the simulation starts, spread over `historyMs`; 0 by default. */
  readonly history?: number;
  /** 30 days by default. */
  readonly historyMs?: number;
  readonly sessions?: readonly SessionOptions[];
}

/** A session that has been in `state` since `atMs` and stays in it until a test or an API request changes it. */
export interface SessionOptions {
  readonly state: SimulatedState;
  /** Unix milliseconds. */
  readonly atMs: number;
  /** The time at which it started, in CREATING; by default it starts at `atMs` in `state`. */
  readonly startMs?: number;
  readonly id?: string;
  readonly description?: string;
  readonly reason?: string;
  readonly idleTimeoutMinutes?: number;
  readonly maxDpus?: number;
  readonly executionRole?: string;
  readonly notebookVersion?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly startedBy?: EventIdentity;
}

/** The parameters of StartSession. */
export interface StartOptions {
  readonly description: string | undefined;
  readonly idleTimeoutMinutes: number | undefined;
  readonly maxDpus: number | undefined;
  readonly executionRole: string | undefined;
  readonly notebookVersion: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  readonly startedBy: EventIdentity;
  /** Determines the session's id, so that a repeated request returns the session that the first one started. */
  readonly clientToken: string | undefined;
}

/** A workgroup and its sessions, which depend on the seed, the time and the changes that tests and API requests make. */
export class SimulatedWorkgroup {
  readonly name: string;
  readonly state: "ENABLED" | "DISABLED";
  readonly description: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  readonly createdMs: number;
  engine: string | undefined;
  spark: boolean;
  readonly #seed: string;
  readonly #behaviour: Behaviour;
  readonly #arrivals: Random;
  /** Sorted by start, then id: the reverse of the order of a listing. */
  readonly #sessions: SimulatedSession[] = [];
  readonly #byId = new Map<string, SimulatedSession>();
  #nextArrivalMs = Infinity;
  /** Counted by origin, so that sessions added by a test or an API request do not change the generated ones. */
  readonly #createdByOrigin = { arrival: 0, scripted: 0, started: 0, history: 0 };

  /** `epochMs` is the time at which the simulation starts, in Unix milliseconds. */
  constructor(options: WorkgroupOptions, seed: string, epochMs: number) {
    this.name = options.name;
    this.engine = options.engine;
    this.spark = options.spark ?? /spark/i.test(options.engine ?? "");
    this.state = options.state ?? "ENABLED";
    this.description = options.description;
    this.tags = options.tags ?? {};
    this.createdMs = epochMs - DEFAULT_HISTORY_MS;
    this.#seed = seed;
    this.#behaviour = options.behaviour ?? QUIET;
    this.#arrivals = seededRandom(seed, "arrivals");
    this.#addHistory(options.history ?? 0, options.historyMs ?? DEFAULT_HISTORY_MS, epochMs);
    for (const session of options.sessions ?? []) this.add(session);
    const warmUpMs = options.warmUpMs ?? 0;
    if (this.#behaviour.arrivalsPerHour > 0) this.#nextArrivalMs = epochMs - warmUpMs + this.#waitMs();
  }

  /** All sessions, oldest start first; if the clock was set back, some start in the future. */
  get sessions(): readonly SimulatedSession[] {
    return this.#sessions;
  }

  /** Starts the sessions that are due at `nowMs`; the result does not depend on how often it is called. */
  advance(nowMs: number): void {
    while (this.#nextArrivalMs <= nowMs) {
      const random = this.#nextRandom("arrival");
      this.#insert(this.#traits(random), planLifecycle(random, this.#behaviour, this.#nextArrivalMs));
      this.#nextArrivalMs += this.#waitMs();
    }
  }

  find(sessionId: string): SimulatedSession | undefined {
    return this.#byId.get(sessionId);
  }

  /** Adds a session that keeps its state until it is moved. */
  add(options: SessionOptions): SimulatedSession {
    const traits = { ...this.#traits(this.#nextRandom("scripted")), ...traitsOf(options) };
    const change = { atMs: options.atMs, state: options.state, reason: options.reason };
    const startMs = options.startMs ?? options.atMs;
    return this.#insert(
      traits,
      startMs < options.atMs ? [{ atMs: startMs, state: "CREATING" }, change] : [change],
    );
  }

  /** Starts a session as StartSession does: it becomes idle and is terminated by its idle timeout. */
  start(options: StartOptions, nowMs: number): SimulatedSession {
    const { clientToken, idleTimeoutMinutes = DEFAULT_IDLE_TIMEOUT_MINUTES, ...requested } = options;
    const random =
      clientToken === undefined
        ? this.#nextRandom("started")
        : seededRandom(this.#seed, "token", clientToken);
    const generated = this.#traits(random);
    const earlier = this.#byId.get(generated.id);
    if (earlier !== undefined) return earlier;
    const traits = { ...generated, ...requested, idleTimeoutMinutes };
    const lifecycle = planIdleLifecycle(random, this.#behaviour, nowMs, idleTimeoutMinutes * 60_000);
    return this.#insert(traits, lifecycle);
  }

  /** Terminates a session as TerminateSession does; one that is TERMINATING or has ended stays as it is. */
  terminate(session: SimulatedSession, nowMs: number, terminatedBy: EventIdentity): void {
    const state = session.statusAt(nowMs)?.state;
    if (state === undefined || state === "TERMINATING" || isEnded(state)) return;
    const terminatingMs = randomInteger(seededRandom(session.traits.id), this.#behaviour.terminatingMs);
    session.rewrite(planTermination(nowMs, terminatingMs, terminatedBy));
  }

  #addHistory(count: number, periodMs: number, epochMs: number): void {
    for (let index = 0; index < count; index++) {
      const random = this.#nextRandom("history");
      const lifecycle = planLifecycle(random, this.#behaviour, 0);
      const durationMs = lifecycle.at(-1)?.atMs ?? 0;
      const startMs = epochMs - durationMs - randomInteger(random, { min: 0, max: periodMs });
      const [first, ...rest] = lifecycle;
      this.#insert(this.#traits(random), [
        { ...first, atMs: startMs },
        ...rest.map((change) => ({ ...change, atMs: change.atMs + startMs })),
      ]);
    }
  }

  #traits(random: Random): SessionTraits {
    const dpus = /spark version/i.test(this.engine ?? "") ? undefined : 1;
    return {
      id: randomUuid(random),
      description: randomDescription(random),
      engineVersion: this.engine ?? "PySpark engine version 3",
      notebookVersion: undefined,
      idleTimeoutMinutes: Math.max(1, Math.round(this.#behaviour.idleTimeoutMs / 60_000)),
      coordinatorDpus: dpus,
      maxDpus: dpus && 2 + Math.floor(random() * 19),
      executionRole: undefined,
      tags: {},
      startedBy: undefined,
    };
  }

  #insert(traits: SessionTraits, lifecycle: Lifecycle): SimulatedSession {
    if (this.#byId.has(traits.id)) throw new Error(`${this.name} already has a session ${traits.id}`);
    const session = new SimulatedSession(traits, lifecycle);
    const after = this.#sessions.findLastIndex((other) => compareSessions(other, session) < 0);
    this.#sessions.splice(after + 1, 0, session);
    this.#byId.set(traits.id, session);
    if (this.#sessions.length > MAX_SESSIONS) this.#dropOldestEnded(session.startMs);
    return session;
  }

  #dropOldestEnded(beforeMs: number): void {
    const index = this.#sessions.findIndex((session) => (session.endMs ?? Infinity) < beforeMs);
    const [dropped] = index < 0 ? [] : this.#sessions.splice(index, 1);
    if (dropped !== undefined) this.#byId.delete(dropped.traits.id);
  }

  #nextRandom(origin: "arrival" | "scripted" | "started" | "history"): Random {
    this.#createdByOrigin[origin] += 1;
    return seededRandom(this.#seed, origin, this.#createdByOrigin[origin]);
  }

  #waitMs(): number {
    return randomWaitMs(this.#arrivals, this.#behaviour.arrivalsPerHour);
  }
}

/** Oldest start first; sessions with the same start are sorted by id. */
function compareSessions(one: SimulatedSession, other: SimulatedSession): number {
  if (one.startMs !== other.startMs) return one.startMs - other.startMs;
  return one.traits.id < other.traits.id ? -1 : 1;
}

/** The traits that the options set; the others are generated. */
function traitsOf(options: SessionOptions): Partial<SessionTraits> {
  const { state: _, atMs: _atMs, startMs: _startMs, reason: _reason, ...traits } = options;
  return traits;
}
