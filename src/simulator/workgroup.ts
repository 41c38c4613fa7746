import { type Behaviour, planIdleLife, planLife, planTermination, QUIET } from "./behaviour.ts";
import { describeSession } from "./description.ts";
import { type Random, seededRandom, uuid, waitingMs, wholeBetween } from "./random.ts";
import { isEnded, type Life, type SessionState, type SessionTraits, SimulatedSession } from "./session.ts";

/** Above it the oldest ended sessions are forgotten, so that a simulator that runs for days stays small. */
const MAX_SESSIONS = 20_000;
const DEFAULT_HISTORY_MS = 30 * 24 * 3_600_000;
const DEFAULT_IDLE_TIMEOUT_MINUTES = 20;

export interface WorkgroupOptions {
  readonly name: string;
  /** For example "PySpark engine version 3", "Athena engine version 3", "AUTO"; absent: Athena tells none. */
  readonly engine?: string;
  /** Whether it takes sessions; by default read off the engine. */
  readonly spark?: boolean;
  readonly state?: "ENABLED" | "DISABLED";
  readonly description?: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** Absent: nothing starts by itself. */
  readonly behaviour?: Behaviour;
  /** How long before the simulator starts its sessions begin to arrive; 0 by default. */
  readonly warmUpMs?: number;
  /** How many sessions have already ended when the simulator starts, spread over `historyMs`. */
  readonly history?: number;
  readonly historyMs?: number;
  readonly sessions?: readonly SessionOptions[];
}

/** A session as a script wants it: in `state` since `atMs`, and so until the script moves it. */
export interface SessionOptions {
  readonly state: SessionState;
  /** Unix milliseconds. */
  readonly atMs: number;
  /** When it started, CREATING; by default at `atMs`, in `state`. */
  readonly startMs?: number;
  readonly id?: string;
  readonly description?: string;
  readonly reason?: string;
  readonly idleTimeoutMinutes?: number;
  readonly maxDpus?: number;
  readonly executionRole?: string;
  readonly notebookVersion?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

/** What StartSession says of the session to start. */
export interface StartOptions {
  readonly description: string | undefined;
  readonly idleTimeoutMinutes: number | undefined;
  readonly maxDpus: number | undefined;
  readonly executionRole: string | undefined;
  readonly notebookVersion: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  /** The session's id follows from it, so that a repeated token gives the session that it started first. */
  readonly clientToken: string | undefined;
}

/** A workgroup and its sessions. What happens in it depends on the seed, on time and on what scripts and callers do. */
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
  /** By start, then id: the reverse of a listing's order. */
  readonly #sessions: SimulatedSession[] = [];
  readonly #byId = new Map<string, SimulatedSession>();
  #nextArrivalMs = Infinity;
  /** Counted by origin, so that a script or a caller leaves what arrives by itself as it was. */
  readonly #born = { arrival: 0, scripted: 0, started: 0, history: 0 };

  /** `epochMs`: when the simulator starts; the history lies before it, arrivals come after it or its warm-up. */
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
    this.#layHistory(options.history ?? 0, options.historyMs ?? DEFAULT_HISTORY_MS, epochMs);
    for (const session of options.sessions ?? []) this.add(session);
    const warmUpMs = options.warmUpMs ?? 0;
    if (this.#behaviour.arrivalsPerHour > 0) this.#nextArrivalMs = epochMs - warmUpMs + this.#waitMs();
  }

  /** Every session that has been laid down, oldest start first; some may lie ahead of a clock that stepped back. */
  get sessions(): readonly SimulatedSession[] {
    return this.#sessions;
  }

  /** Lets the sessions arrive that are due at `nowMs`. How often it is called changes nothing. */
  advance(nowMs: number): void {
    while (this.#nextArrivalMs <= nowMs) {
      const random = this.#nextRandom("arrival");
      this.#insert(this.#traits(random), planLife(random, this.#behaviour, this.#nextArrivalMs));
      this.#nextArrivalMs += this.#waitMs();
    }
  }

  find(sessionId: string): SimulatedSession | undefined {
    return this.#byId.get(sessionId);
  }

  /** Adds a session that stays as it is until it is moved. */
  add(options: SessionOptions): SimulatedSession {
    const traits = { ...this.#traits(this.#nextRandom("scripted")), ...chosen(options) };
    const change = { atMs: options.atMs, state: options.state, reason: options.reason };
    const startMs = options.startMs ?? options.atMs;
    return this.#insert(
      traits,
      startMs < options.atMs ? [{ atMs: startMs, state: "CREATING" }, change] : [change],
    );
  }

  /** Starts a session as StartSession does: it comes up and idles until its timeout. */
  start(options: StartOptions, nowMs: number): SimulatedSession {
    const { clientToken, idleTimeoutMinutes = DEFAULT_IDLE_TIMEOUT_MINUTES, ...wanted } = options;
    const random =
      clientToken === undefined
        ? this.#nextRandom("started")
        : seededRandom(this.#seed, "token", clientToken);
    const generated = this.#traits(random);
    const earlier = this.#byId.get(generated.id);
    if (earlier !== undefined) return earlier;
    const traits = { ...generated, ...wanted, idleTimeoutMinutes };
    const life = planIdleLife(random, this.#behaviour, nowMs, idleTimeoutMinutes * 60_000);
    return this.#insert(traits, life);
  }

  /** Ends a living session as TerminateSession does; one that ends or has ended stays as it is. */
  terminate(session: SimulatedSession, nowMs: number): void {
    const state = session.statusAt(nowMs)?.state;
    if (state === undefined || state === "TERMINATING" || isEnded(state)) return;
    const terminatingMs = wholeBetween(seededRandom(session.traits.id), this.#behaviour.terminatingMs);
    session.rewrite(planTermination(nowMs, terminatingMs));
  }

  #layHistory(count: number, periodMs: number, epochMs: number): void {
    for (let index = 0; index < count; index++) {
      const random = this.#nextRandom("history");
      const life = planLife(random, this.#behaviour, 0);
      const lifeMs = life.at(-1)?.atMs ?? 0;
      const startMs = epochMs - lifeMs - wholeBetween(random, { min: 0, max: periodMs });
      const [first, ...rest] = life;
      this.#insert(this.#traits(random), [
        { ...first, atMs: startMs },
        ...rest.map((change) => ({ ...change, atMs: change.atMs + startMs })),
      ]);
    }
  }

  #traits(random: Random): SessionTraits {
    const dpus = /spark version/i.test(this.engine ?? "") ? undefined : 1;
    return {
      id: uuid(random),
      description: describeSession(random),
      engineVersion: this.engine ?? "PySpark engine version 3",
      notebookVersion: undefined,
      idleTimeoutMinutes: Math.max(1, Math.round(this.#behaviour.idleTimeoutMs / 60_000)),
      coordinatorDpus: dpus,
      maxDpus: dpus && 2 + Math.floor(random() * 19),
      executionRole: undefined,
      tags: {},
    };
  }

  #insert(traits: SessionTraits, life: Life): SimulatedSession {
    if (this.#byId.has(traits.id)) throw new Error(`${this.name} already has a session ${traits.id}`);
    const session = new SimulatedSession(traits, life);
    const after = this.#sessions.findLastIndex((other) => compareSessions(other, session) < 0);
    this.#sessions.splice(after + 1, 0, session);
    this.#byId.set(traits.id, session);
    if (this.#sessions.length > MAX_SESSIONS) this.#forgetOldest(session.startMs);
    return session;
  }

  #forgetOldest(beforeMs: number): void {
    const index = this.#sessions.findIndex((session) => (session.endMs ?? Infinity) < beforeMs);
    const [forgotten] = index < 0 ? [] : this.#sessions.splice(index, 1);
    if (forgotten !== undefined) this.#byId.delete(forgotten.traits.id);
  }

  #nextRandom(origin: "arrival" | "scripted" | "started" | "history"): Random {
    this.#born[origin] += 1;
    return seededRandom(this.#seed, origin, this.#born[origin]);
  }

  #waitMs(): number {
    return waitingMs(this.#arrivals, this.#behaviour.arrivalsPerHour);
  }
}

/** Oldest start first; the id decides between equals. */
function compareSessions(one: SimulatedSession, other: SimulatedSession): number {
  if (one.startMs !== other.startMs) return one.startMs - other.startMs;
  return one.traits.id < other.traits.id ? -1 : 1;
}

/** The traits that a script names; the others are made up. */
function chosen(options: SessionOptions): Partial<SessionTraits> {
  const { state: _, atMs: _atMs, startMs: _startMs, reason: _reason, ...traits } = options;
  return traits;
}
