import { AgeQueue } from "./age-queue.ts";

/**
 * new: never polled. hot: with living sessions at its last poll, or at the one before. cold: without. suspect: its last poll
 * timed out, so that it may hold a slot for long.
 */
export type TargetClass = "new" | "hot" | "cold" | "suspect";

export interface ScheduleOptions {
  /** Between two polls of a target, where the rate limit suffices. */
  readonly intervalMs: number;
  /** API calls a second. */
  readonly ratePerSecond: number;
}

/** What a poll tells of when its target is due again. */
export interface PollOutcome {
  /** API calls that it made, retries included. */
  readonly calls: number;
  /** Undefined where the poll failed and so does not tell. */
  readonly hasLivingSessions?: boolean;
  readonly timedOut: boolean;
}

/** A target that is due. */
export interface Pick {
  readonly key: string;
  readonly isSuspect: boolean;
  /** Polls that should have been by the configured interval since its last, and were not. */
  readonly skipped: number;
}

interface Member {
  class: TargetClass;
  startedMs: number;
  /** Polls in a row without living sessions. */
  quietPolls: number;
}

/** What a first poll costs: the unfiltered listing and four that reconcile. */
const FIRST_POLL_CALLS = 5;
/** Within this, a start is soon enough for first polls to be complete ones. */
const MAX_FIRST_ROUND_MS = 60_000;
/** Weight of the latest poll in the moving average of calls a poll. */
const AVERAGE_WEIGHT = 0.02;
/** Cold targets wait at most so much longer than if all took turns. */
const COLD_STRETCH = 1.65;

/**
 * Who is polled next in an account's region. Pull, don't queue: asked when there is a permit and a slot, it gives the one
 * target that is worth them most. Pure: times are monotonic milliseconds that are handed over. Every operation costs the
 * same however many targets there are. A target in flight is in no queue, so that its polls cannot overlap.
 */
export class Schedule {
  readonly #options: ScheduleOptions;
  readonly #members = new Map<string, Member>();
  /** Picked and not done; also of targets that were removed meanwhile, and perhaps added again. */
  readonly #inFlight = new Set<string>();
  readonly #queues: Readonly<Record<TargetClass, AgeQueue>> = {
    new: new AgeQueue(),
    hot: new AgeQueue(),
    cold: new AgeQueue(),
    suspect: new AgeQueue(),
  };
  readonly #counts: Record<TargetClass, number> = { new: 0, hot: 0, cold: 0, suspect: 0 };
  readonly #callsPerPoll: Record<TargetClass, number> = {
    new: FIRST_POLL_CALLS,
    hot: 1,
    cold: 1,
    suspect: 1,
  };

  constructor(options: ScheduleOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#members.size;
  }

  /** A new target, due at once. Adding one that is there already changes nothing. */
  add(key: string, nowMs: number): void {
    if (this.#members.has(key)) return;
    this.#members.set(key, { class: "new", startedMs: nowMs, quietPolls: 0 });
    this.#counts.new += 1;
    if (!this.#inFlight.has(key)) this.#queues.new.add(key, nowMs);
  }

  remove(key: string): void {
    const member = this.#members.get(key);
    if (member === undefined) return;
    this.#members.delete(key);
    this.#counts[member.class] -= 1;
    this.#queues[member.class].remove(key);
  }

  /** Takes the target that is the longest overdue out of its queue, until `done`. Undefined while none is due. */
  pick(nowMs: number, maySuspect: boolean): Pick | undefined {
    const due = pickable(maySuspect)
      .map((name) => ({ name, overdue: this.#overdue(name, nowMs) }))
      .filter(({ overdue }) => overdue >= 1)
      .sort((a, b) => b.overdue - a.overdue)[0];
    const key = due && this.#queues[due.name].head?.key;
    const member = key === undefined ? undefined : this.#members.get(key);
    if (due === undefined || key === undefined || member === undefined) return undefined;
    this.#queues[due.name].remove(key);
    this.#inFlight.add(key);
    const turns = Math.floor((nowMs - member.startedMs) / this.#options.intervalMs);
    const skipped = due.name === "new" ? turns : turns - 1;
    member.startedMs = nowMs;
    return { key, isSuspect: due.name === "suspect", skipped: Math.max(0, skipped) };
  }

  /** Puts a picked target back. One that was removed meanwhile stays away. */
  done(key: string, outcome: PollOutcome): void {
    this.#inFlight.delete(key);
    const member = this.#members.get(key);
    if (member === undefined) return;
    this.#learn(member.class, outcome.calls);
    if (outcome.hasLivingSessions !== undefined) {
      member.quietPolls = outcome.hasLivingSessions ? 0 : member.quietPolls + 1;
    }
    this.#counts[member.class] -= 1;
    member.class = classOf(member, outcome);
    this.#counts[member.class] += 1;
    this.#queues[member.class].add(key, member.startedMs);
  }

  /** When the next target is due, in milliseconds from `nowMs`; undefined while there is none to wait for. */
  nextDueInMs(nowMs: number, maySuspect: boolean): number | undefined {
    if (this.#queues.new.size > 0) return 0;
    const waitsMs = pickable(maySuspect).flatMap((name) => {
      const head = this.#queues[name].head;
      return head === undefined ? [] : [head.startedMs + this.intervalMs(name) - nowMs];
    });
    return waitsMs.length === 0 ? undefined : Math.max(0, Math.min(...waitsMs));
  }

  /** Whether the first polls of all that is new would take longer than anybody wants to wait. */
  isScarce(): boolean {
    const firstRoundMs = (this.#calls("new") / this.#options.ratePerSecond) * 1000;
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
    const hotCalls = this.#calls("new") + this.#calls("hot");
    const coldCalls = this.#calls("cold") + this.#calls("suspect");
    const leftForCold = ratePerMs - hotCalls / intervalMs;
    const coldMs = Math.min(
      leftForCold > 0 ? Math.max(intervalMs, coldCalls / leftForCold) : Infinity,
      Math.max(intervalMs, (COLD_STRETCH * (hotCalls + coldCalls)) / ratePerMs),
    );
    if (name === "cold" || name === "suspect") return coldMs;
    const leftForHot = ratePerMs - coldCalls / coldMs;
    return Math.max(intervalMs, hotCalls / leftForHot);
  }

  /** How often the head of a class could have been polled since its last; what is new is due at once. */
  #overdue(name: TargetClass, nowMs: number): number {
    const head = this.#queues[name].head;
    if (head === undefined) return 0;
    return (name === "new" ? 1 : 0) + (nowMs - head.startedMs) / this.intervalMs(name);
  }

  /** What one poll of every target of a class costs. */
  #calls(name: TargetClass): number {
    return this.#counts[name] * this.#callsPerPoll[name];
  }

  #learn(name: TargetClass, calls: number): void {
    const average = this.#callsPerPoll[name];
    this.#callsPerPoll[name] = Math.max(1, average + AVERAGE_WEIGHT * (calls - average));
  }
}

function pickable(maySuspect: boolean): readonly TargetClass[] {
  return maySuspect ? ["new", "hot", "cold", "suspect"] : ["new", "hot", "cold"];
}

function classOf({ quietPolls }: Member, { timedOut }: PollOutcome): TargetClass {
  if (timedOut) return "suspect";
  return quietPolls < 2 ? "hot" : "cold";
}
