/**
 * new: never polled. hot: with active sessions at its last poll, or at the one before. cold: without. suspect: its last poll
 * timed out, so that the next one may hold a slot for long.
 */
export type TargetClass = "new" | "hot" | "cold" | "suspect";

export interface ScheduleOptions {
  /** Between two polls of a target, where the rate limit suffices. */
  readonly intervalMs: number;
  /** HTTP requests a second. */
  readonly ratePerSecond: number;
}

/** What the next turn of a target depends on. */
export interface PollOutcome {
  /** HTTP requests, retries included. */
  readonly requests: number;
  /** Undefined where the poll failed. */
  readonly hasActiveSessions?: boolean;
  readonly timedOut: boolean;
}

/** A target that is due, and why: by what its class is planned to wait, it is the longest overdue. */
export interface Choice {
  readonly key: string;
  readonly class: TargetClass;
  /** Since its last poll began, or since it was added. */
  readonly waitedMs: number;
  /** How long its class waits between two polls, as planned now. */
  readonly plannedIntervalMs: number;
  /** Polls that were due by the configured interval since its last one. */
  readonly skipped: number;
}

interface Member {
  readonly key: string;
  class: TargetClass;
  /** When its last poll began, or when it was added. */
  startedMs: number;
  /** Polls in a row without active sessions. */
  quietPolls: number;
}

/** The requests of a first poll: the unfiltered listing, and those of the two active states that it may leave out. */
const FIRST_POLL_REQUESTS = 3;
/** Where all first polls fit into this, they are complete ones. */
const MAX_FIRST_ROUND_MS = 60_000;
/** Weight of the latest poll in the moving average of requests a poll. */
const AVERAGE_WEIGHT = 0.02;
/** Cold targets wait at most this much longer than if all took turns. */
const COLD_STRETCH = 1.65;

/**
 * Decides which target of an account and region is polled next. Asked when there is a permit and a slot, it gives the one
 * target that is the longest overdue. Pure: times are monotonic milliseconds that callers pass in. A target in flight is never
 * picked, so its polls cannot overlap.
 */
export class Schedule {
  #options: ScheduleOptions;
  readonly #members = new Map<string, Member>();
  /** Picked and not done; also targets that were removed meanwhile, and perhaps added again. */
  readonly #inFlight = new Set<string>();
  /** Members by class, in the order in which their polls began: a Map keeps the order of insertion. */
  readonly #queues: Readonly<Record<TargetClass, Map<string, Member>>> = {
    new: new Map(),
    hot: new Map(),
    cold: new Map(),
    suspect: new Map(),
  };
  readonly #requestsPerPoll: Record<TargetClass, number> = {
    new: FIRST_POLL_REQUESTS,
    hot: 1,
    cold: 1,
    suspect: 1,
  };

  constructor(options: ScheduleOptions) {
    this.#options = options;
  }

  /** Plans by other options from now on. */
  setOptions(options: ScheduleOptions): void {
    this.#options = options;
  }

  /** Adds a target, due at once. Adding one that is there already changes nothing. */
  add(key: string, nowMs: number): void {
    if (this.#members.has(key)) return;
    const member: Member = { key, class: "new", startedMs: nowMs, quietPolls: 0 };
    this.#members.set(key, member);
    this.#queues.new.set(key, member);
  }

  remove(key: string): void {
    const member = this.#members.get(key);
    if (member === undefined) return;
    this.#members.delete(key);
    this.#queues[member.class].delete(key);
  }

  /** Picks the target that is the longest overdue; it is in flight until `done`. Undefined while none is due. */
  pick(nowMs: number, maySuspect: boolean): Choice | undefined {
    const due = pickable(maySuspect)
      .flatMap((name) => this.#head(name) ?? [])
      .map((member) => ({ member, overdue: this.#overdue(member, nowMs) }))
      .filter(({ overdue }) => overdue >= 1)
      .sort((a, b) => b.overdue - a.overdue)[0];
    if (due === undefined) return undefined;
    const { member } = due;
    const waitedMs = nowMs - member.startedMs;
    const turns = Math.floor(waitedMs / this.#options.intervalMs);
    const skipped = Math.max(0, member.class === "new" ? turns : turns - 1);
    member.startedMs = nowMs;
    this.#inFlight.add(member.key);
    // The latest start of all goes last.
    this.#queues[member.class].delete(member.key);
    this.#queues[member.class].set(member.key, member);
    return {
      key: member.key,
      class: member.class,
      waitedMs,
      plannedIntervalMs: this.intervalMs(member.class),
      skipped,
    };
  }

  /** Makes a picked target wait for its next turn. One that was removed meanwhile stays away. */
  done(key: string, outcome: PollOutcome): void {
    this.#inFlight.delete(key);
    const member = this.#members.get(key);
    if (member === undefined) return;
    this.#learn(member.class, outcome.requests);
    if (outcome.hasActiveSessions !== undefined) {
      member.quietPolls = outcome.hasActiveSessions ? 0 : member.quietPolls + 1;
    }
    const next = classOf(member, outcome);
    if (next !== member.class) this.#move(member, next);
  }

  /** When the next target is due, in milliseconds from `nowMs`; undefined while there is none to wait for. */
  nextDueInMs(nowMs: number, maySuspect: boolean): number | undefined {
    if (this.#head("new") !== undefined) return 0;
    const waitsMs = pickable(maySuspect).flatMap((name) => {
      const head = this.#head(name);
      return head === undefined ? [] : [head.startedMs + this.intervalMs(name) - nowMs];
    });
    return waitsMs.length === 0 ? undefined : Math.max(0, Math.min(...waitsMs));
  }

  /** Whether complete first polls of all new targets would take too long. */
  isScarce(): boolean {
    const firstRoundMs = (this.#requests("new") / this.#options.ratePerSecond) * 1000;
    return firstRoundMs > Math.max(MAX_FIRST_ROUND_MS, this.#options.intervalMs);
  }

  /** How long a target waits between two polls, as planned now, in milliseconds. */
  plannedIntervalMs(key: string): number {
    return this.intervalMs(this.#members.get(key)?.class ?? "new");
  }

  /**
   * The interval of a class: the configured one where the rate limit suffices. Where it does not, hot targets get what the
   * cold leave, and the cold ones wait longer, but at most 1.65 times what they would if all took turns.
   */
  intervalMs(name: TargetClass): number {
    const { intervalMs, ratePerSecond } = this.#options;
    const ratePerMs = ratePerSecond / 1000;
    const hotRequests = this.#requests("new") + this.#requests("hot");
    const coldRequests = this.#requests("cold") + this.#requests("suspect");
    const leftForCold = ratePerMs - hotRequests / intervalMs;
    const coldMs = Math.min(
      leftForCold > 0 ? Math.max(intervalMs, coldRequests / leftForCold) : Infinity,
      Math.max(intervalMs, (COLD_STRETCH * (hotRequests + coldRequests)) / ratePerMs),
    );
    if (name === "cold" || name === "suspect") return coldMs;
    const leftForHot = ratePerMs - coldRequests / coldMs;
    return hotRequests === 0 ? intervalMs : Math.max(intervalMs, hotRequests / leftForHot);
  }

  /** The member of a class whose last poll began the longest ago, of those that are not in flight. */
  #head(name: TargetClass): Member | undefined {
    for (const member of this.#queues[name].values()) if (!this.#inFlight.has(member.key)) return member;
    return undefined;
  }

  /** How often a member could have been polled since its last poll; a new one is due at once. */
  #overdue(member: Member, nowMs: number): number {
    return (member.class === "new" ? 1 : 0) + (nowMs - member.startedMs) / this.intervalMs(member.class);
  }

  /** Moves a member to another class, before the members whose last poll began later. */
  #move(member: Member, name: TargetClass): void {
    this.#queues[member.class].delete(member.key);
    member.class = name;
    const queue = this.#queues[name];
    const later = [...queue.values()].filter(({ startedMs }) => startedMs > member.startedMs);
    for (const { key } of later) queue.delete(key);
    for (const one of [member, ...later]) queue.set(one.key, one);
  }

  /** The requests that one poll of every target of a class takes. */
  #requests(name: TargetClass): number {
    return this.#queues[name].size * this.#requestsPerPoll[name];
  }

  #learn(name: TargetClass, requests: number): void {
    const average = this.#requestsPerPoll[name];
    this.#requestsPerPoll[name] = Math.max(1, average + AVERAGE_WEIGHT * (requests - average));
  }
}

function pickable(maySuspect: boolean): readonly TargetClass[] {
  return maySuspect ? ["new", "hot", "cold", "suspect"] : ["new", "hot", "cold"];
}

function classOf({ quietPolls }: Member, { timedOut }: PollOutcome): TargetClass {
  if (timedOut) return "suspect";
  return quietPolls < 2 ? "hot" : "cold";
}
