import { AgeQueue } from "./age-queue.ts";

/**
 * hot: with living sessions at its last poll, or at the one before. cold: without. suspect: its last poll timed out, so that
 * it may hold a slot for long.
 */
export type TargetClass = "hot" | "cold" | "suspect";

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
  isPolled: boolean;
}

/** What a first poll costs: the unfiltered listing and four that reconcile. */
const FIRST_POLL_CALLS = 5;
/** Weight of the latest poll in the moving average of calls a poll. */
const AVERAGE_WEIGHT = 0.02;
/** Cold targets wait at most so much longer than if all took turns. */
const COLD_STRETCH = 1.8;

/**
 * Who is polled next in an account's region. Pull, don't queue: asked when there is a permit and a slot, it gives the one
 * target that is worth them most. Pure: times are monotonic milliseconds that are handed over. Every operation costs the
 * same however many targets there are. A target in flight is in no queue, so that its polls cannot overlap.
 */
export class Schedule {
  readonly #options: ScheduleOptions;
  readonly #members = new Map<string, Member>();
  readonly #queues: Readonly<Record<TargetClass, AgeQueue>> = {
    hot: new AgeQueue(),
    cold: new AgeQueue(),
    suspect: new AgeQueue(),
  };
  readonly #counts: Record<TargetClass, number> = { hot: 0, cold: 0, suspect: 0 };
  #neverPolled = 0;
  readonly #callsPerPoll: Record<TargetClass, number> = { hot: 1, cold: 1, suspect: 1 };

  constructor(options: ScheduleOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#members.size;
  }

  /** A new target, due at once. Adding one that is there already changes nothing. */
  add(key: string, nowMs: number): void {
    if (this.#members.has(key)) return;
    const startedMs = nowMs - this.#options.intervalMs;
    this.#members.set(key, { class: "hot", startedMs, quietPolls: 0, isPolled: false });
    this.#counts.hot += 1;
    this.#neverPolled += 1;
    this.#queues.hot.add(key, startedMs);
  }

  remove(key: string): void {
    const member = this.#members.get(key);
    if (member === undefined) return;
    this.#members.delete(key);
    this.#counts[member.class] -= 1;
    if (!member.isPolled) this.#neverPolled -= 1;
    this.#queues[member.class].remove(key);
  }

  /** Takes the target that is the longest overdue out of its queue, until `done`. Undefined while none is due. */
  pick(nowMs: number, maySuspect: boolean): Pick | undefined {
    const classes: TargetClass[] = maySuspect ? ["hot", "cold", "suspect"] : ["hot", "cold"];
    const due = classes
      .map((name) => ({ name, overdue: this.#overdue(name, nowMs) }))
      .filter(({ overdue }) => overdue >= 1)
      .sort((a, b) => b.overdue - a.overdue)[0];
    const key = due && this.#queues[due.name].head?.key;
    const member = key === undefined ? undefined : this.#members.get(key);
    if (due === undefined || key === undefined || member === undefined) return undefined;
    this.#queues[due.name].remove(key);
    const skipped = member.isPolled
      ? Math.floor((nowMs - member.startedMs) / this.#options.intervalMs) - 1
      : 0;
    member.startedMs = nowMs;
    return { key, isSuspect: due.name === "suspect", skipped: Math.max(0, skipped) };
  }

  /** Puts a picked target back. One that was removed meanwhile stays away. */
  done(key: string, outcome: PollOutcome): void {
    const member = this.#members.get(key);
    if (member === undefined) return;
    if (member.isPolled) this.#learn(member.class, outcome.calls);
    else this.#neverPolled -= 1;
    member.isPolled = true;
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
    const classes: TargetClass[] = maySuspect ? ["hot", "cold", "suspect"] : ["hot", "cold"];
    const waitsMs = classes.flatMap((name) => {
      const head = this.#queues[name].head;
      return head === undefined ? [] : [head.startedMs + this.intervalMs(name) - nowMs];
    });
    return waitsMs.length === 0 ? undefined : Math.max(0, Math.min(...waitsMs));
  }

  /** How long a target waits between two polls, as planned now, in milliseconds. */
  plannedIntervalMs(key: string): number {
    return this.intervalMs(this.#members.get(key)?.class ?? "hot");
  }

  /**
   * The interval of a class: the configured one where the rate limit suffices. Where it does not, hot targets get what the
   * cold leave, and the cold ones wait longer, but at most 1.8 times what they would if all took turns.
   */
  intervalMs(name: TargetClass): number {
    const { intervalMs, ratePerSecond } = this.#options;
    const ratePerMs = ratePerSecond / 1000;
    const hotCalls =
      (this.#counts.hot - this.#neverPolled) * this.#callsPerPoll.hot + this.#neverPolled * FIRST_POLL_CALLS;
    const coldCalls =
      this.#counts.cold * this.#callsPerPoll.cold + this.#counts.suspect * this.#callsPerPoll.suspect;
    const leftForCold = ratePerMs - hotCalls / intervalMs;
    const coldMs = Math.min(
      leftForCold > 0 ? Math.max(intervalMs, coldCalls / leftForCold) : Infinity,
      Math.max(intervalMs, (COLD_STRETCH * (hotCalls + coldCalls)) / ratePerMs),
    );
    if (name !== "hot") return coldMs;
    const leftForHot = ratePerMs - coldCalls / coldMs;
    return Math.max(intervalMs, hotCalls / leftForHot);
  }

  #overdue(name: TargetClass, nowMs: number): number {
    const head = this.#queues[name].head;
    return head === undefined ? 0 : (nowMs - head.startedMs) / this.intervalMs(name);
  }

  #learn(name: TargetClass, calls: number): void {
    const average = this.#callsPerPoll[name];
    this.#callsPerPoll[name] = Math.max(1, average + AVERAGE_WEIGHT * (calls - average));
  }
}

function classOf({ quietPolls }: Member, { timedOut }: PollOutcome): TargetClass {
  if (timedOut) return "suspect";
  return quietPolls < 2 ? "hot" : "cold";
}
