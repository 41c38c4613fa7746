import { Schedule } from "../../src/poll/schedule.ts";

const SECOND_MS = 1000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** The first round is a start, not a day. */
const SETTLED_MS = 2 * HOUR_MS;
const SAMPLE_EVERY_MS = 20 * SECOND_MS;
/** One poll in so many carries a reconciling listing. */
const POLLS_PER_LISTING = 8;

export interface Day {
  readonly seed: number;
  readonly workgroups: number;
  readonly callsPerSecond: number;
  readonly intervalMs: number;
  /** Of the workgroups, on average. */
  readonly activeShare: number;
  /** How long a workgroup stays active on average; Infinity for always the same ones. */
  readonly activeForMs: number;
  /** How many become active at once, in the middle of the day. */
  readonly burst: number;
}

/** Ages of what is known, in milliseconds. */
export interface Ages {
  /** Mean, of the workgroups that were active when they were polled last. */
  readonly knownActiveMs: number;
  /** Mean, of the workgroups that truly are active. */
  readonly activeMs: number;
  /** Worst, of the workgroups that were quiet when they were polled last. */
  readonly worstQuietMs: number;
  /** From the burst until the last of its workgroups was polled; 0 without one. */
  readonly burstSeenAfterMs: number;
}

/** Who is polled next; Schedule, or what it is compared with. */
interface Strategy {
  pick(nowMs: number): number | undefined;
  done(index: number, calls: number, isActive: boolean): void;
}

interface Workgroup {
  isActive: boolean;
  changesAtMs: number;
  polledAtMs: number;
  wasActive: boolean;
  polls: number;
  isOfBurst: boolean;
}

/** A day of a region under its rate limit, on virtual time: polls take no time, calls take permits. */
export function simulateDay(day: Day, strategyOf: (day: Day) => Strategy): Ages {
  const random = mulberry32(day.seed);
  const workgroups = Array.from({ length: day.workgroups }, () => newWorkgroup(day, random));
  const strategy = strategyOf(day);
  const permitEveryMs = SECOND_MS / day.callsPerSecond;
  const ages = new AgeSamples();
  let burstSeenAtMs = 0;
  let owedCalls = 0;
  for (let nowMs = 0; nowMs < DAY_MS; nowMs += permitEveryMs) {
    if (nowMs === DAY_MS / 2) startBurst(workgroups, day.burst);
    if (nowMs >= SETTLED_MS && nowMs % SAMPLE_EVERY_MS === 0) ages.sample(workgroups, nowMs, day, random);
    if (owedCalls > 0) {
      owedCalls -= 1;
      continue;
    }
    const index = strategy.pick(nowMs);
    const workgroup = index === undefined ? undefined : workgroups[index];
    if (index === undefined || workgroup === undefined) continue;
    if (workgroup.isOfBurst && workgroup.polledAtMs < DAY_MS / 2) burstSeenAtMs = nowMs;
    pass(workgroup, nowMs, day, random);
    workgroup.polledAtMs = nowMs;
    workgroup.wasActive = workgroup.isActive;
    workgroup.polls += 1;
    const calls = workgroup.polls % POLLS_PER_LISTING === index % POLLS_PER_LISTING ? 2 : 1;
    owedCalls = calls - 1;
    strategy.done(index, calls, workgroup.isActive);
  }
  return ages.result(day.burst === 0 ? 0 : burstSeenAtMs - DAY_MS / 2);
}

export function bySchedule(day: Day): Strategy {
  const schedule = new Schedule({ intervalMs: day.intervalMs, ratePerSecond: day.callsPerSecond });
  for (let index = 0; index < day.workgroups; index += 1) schedule.add(String(index), 0);
  return {
    pick(nowMs) {
      const pick = schedule.pick(nowMs, true);
      return pick === undefined ? undefined : Number(pick.key);
    },
    done: (index, calls, hasLivingSessions) =>
      schedule.done(String(index), { calls, hasLivingSessions, timedOut: false }),
  };
}

/** All take turns, as often as the calls allow. */
export function byRotation(day: Day): Strategy {
  let next = 0;
  const startedMs = Array.from({ length: day.workgroups }, () => -Infinity);
  return {
    pick(nowMs) {
      if (nowMs - (startedMs[next] ?? 0) < day.intervalMs) return undefined;
      const index = next;
      startedMs[index] = nowMs;
      next = (next + 1) % day.workgroups;
      return index;
    },
    done: () => {},
  };
}

class AgeSamples {
  #known = { sumMs: 0, count: 0 };
  #active = { sumMs: 0, count: 0 };
  #worstQuietMs = 0;

  sample(workgroups: readonly Workgroup[], nowMs: number, day: Day, random: () => number): void {
    for (const workgroup of workgroups) {
      pass(workgroup, nowMs, day, random);
      const ageMs = nowMs - workgroup.polledAtMs;
      if (workgroup.wasActive)
        this.#known = { sumMs: this.#known.sumMs + ageMs, count: this.#known.count + 1 };
      else this.#worstQuietMs = Math.max(this.#worstQuietMs, ageMs);
      if (!workgroup.isActive) continue;
      this.#active = { sumMs: this.#active.sumMs + ageMs, count: this.#active.count + 1 };
    }
  }

  result(burstSeenAfterMs: number): Ages {
    return {
      knownActiveMs: this.#known.sumMs / this.#known.count,
      activeMs: this.#active.sumMs / this.#active.count,
      worstQuietMs: this.#worstQuietMs,
      burstSeenAfterMs,
    };
  }
}

function newWorkgroup(day: Day, random: () => number): Workgroup {
  const isActive = random() < day.activeShare;
  const workgroup = { isActive, changesAtMs: 0, polledAtMs: 0, wasActive: false, polls: 0, isOfBurst: false };
  return { ...workgroup, changesAtMs: lasts(isActive, day, random) };
}

function startBurst(workgroups: readonly Workgroup[], count: number): void {
  for (const workgroup of workgroups.filter(({ isActive }) => !isActive).slice(0, count)) {
    Object.assign(workgroup, { isActive: true, changesAtMs: Infinity, isOfBurst: true });
  }
}

/** Lets a workgroup become active or quiet, if it is time. */
function pass(workgroup: Workgroup, nowMs: number, day: Day, random: () => number): void {
  while (workgroup.changesAtMs <= nowMs) {
    workgroup.isActive = !workgroup.isActive;
    workgroup.changesAtMs += lasts(workgroup.isActive, day, random);
  }
}

/** Exponentially distributed, so that the share of active ones stays as it is. */
function lasts(isActive: boolean, { activeForMs, activeShare }: Day, random: () => number): number {
  if (activeForMs === Infinity) return Infinity;
  const meanMs = isActive ? activeForMs : (activeForMs * (1 - activeShare)) / activeShare;
  return -Math.log(1 - random()) * meanMs;
}

/** A small seeded generator; https://github.com/cprosche/mulberry32 describes it. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}
