import { Schedule } from "../../src/poll/schedule.ts";

const SECOND_MS = 1000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Ages are sampled only after the first round of polls. */
const FIRST_SAMPLE_MS = 2 * HOUR_MS;
const SAMPLE_EVERY_MS = 20 * SECOND_MS;
/** One of this many polls includes a reconciliation listing. */
const POLLS_PER_LISTING = 8;

export interface Day {
  readonly seed: number;
  readonly workgroups: number;
  readonly requestsPerSecond: number;
  readonly intervalMs: number;
  /** Mean share of workgroups that are active. */
  readonly activeShare: number;
  /** Mean time for which a workgroup is active; Infinity if the active workgroups never change. */
  readonly activeForMs: number;
  /** Number of workgroups that become active at once in the middle of the day. */
  readonly burst: number;
}

/** Time since the last polls of workgroups, in milliseconds. */
export interface Ages {
  /** Mean over the workgroups that were active at their last poll. */
  readonly knownActiveMs: number;
  /** Mean over the workgroups that are active now. */
  readonly activeMs: number;
  /** Maximum over the workgroups that were inactive at their last poll. */
  readonly worstQuietMs: number;
  /** Time from the burst until the last of its workgroups was polled; 0 without a burst. */
  readonly burstSeenAfterMs: number;
}

/** Decides which workgroup is polled next: Schedule, or the strategy that it is compared with. */
interface Strategy {
  pick(nowMs: number): number | undefined;
  done(index: number, requests: number, isActive: boolean): void;
}

interface Workgroup {
  isActive: boolean;
  changesAtMs: number;
  polledAtMs: number;
  wasActive: boolean;
  polls: number;
  isOfBurst: boolean;
}

/** Simulates a day of one account and region on virtual time: polls take no time, requests take permits. */
export function simulateDay(day: Day, strategyOf: (day: Day) => Strategy): Ages {
  const random = mulberry32(day.seed);
  const workgroups = Array.from({ length: day.workgroups }, () => newWorkgroup(day, random));
  const strategy = strategyOf(day);
  const permitEveryMs = SECOND_MS / day.requestsPerSecond;
  const ages = new AgeSamples();
  let burstSeenAtMs = 0;
  let pendingRequests = 0;
  for (let nowMs = 0; nowMs < DAY_MS; nowMs += permitEveryMs) {
    if (nowMs === DAY_MS / 2) startBurst(workgroups, day.burst);
    if (nowMs >= FIRST_SAMPLE_MS && nowMs % SAMPLE_EVERY_MS === 0)
      ages.sample(workgroups, nowMs, day, random);
    if (pendingRequests > 0) {
      pendingRequests -= 1;
      continue;
    }
    const index = strategy.pick(nowMs);
    const workgroup = index === undefined ? undefined : workgroups[index];
    if (index === undefined || workgroup === undefined) continue;
    if (workgroup.isOfBurst && workgroup.polledAtMs < DAY_MS / 2) burstSeenAtMs = nowMs;
    applyChanges(workgroup, nowMs, day, random);
    workgroup.polledAtMs = nowMs;
    workgroup.wasActive = workgroup.isActive;
    workgroup.polls += 1;
    const requests = workgroup.polls % POLLS_PER_LISTING === index % POLLS_PER_LISTING ? 2 : 1;
    pendingRequests = requests - 1;
    strategy.done(index, requests, workgroup.isActive);
  }
  return ages.result(day.burst === 0 ? 0 : burstSeenAtMs - DAY_MS / 2);
}

export function bySchedule(day: Day): Strategy {
  const schedule = new Schedule({ intervalMs: day.intervalMs, ratePerSecond: day.requestsPerSecond });
  for (let index = 0; index < day.workgroups; index += 1) schedule.add(String(index), 0);
  return {
    pick(nowMs) {
      const pick = schedule.pick(nowMs, true);
      return pick === undefined ? undefined : Number(pick.key);
    },
    done: (index, requests, hasActiveSessions) =>
      schedule.done(String(index), { requests, hasActiveSessions, timedOut: false }),
  };
}

/** Polls all workgroups in turn, as often as the rate limit allows. */
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
      applyChanges(workgroup, nowMs, day, random);
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
  return { ...workgroup, changesAtMs: untilChangeMs(isActive, day, random) };
}

function startBurst(workgroups: readonly Workgroup[], count: number): void {
  for (const workgroup of workgroups.filter(({ isActive }) => !isActive).slice(0, count)) {
    Object.assign(workgroup, { isActive: true, changesAtMs: Infinity, isOfBurst: true });
  }
}

/** Applies the changes of a workgroup between active and inactive up to `nowMs`. */
function applyChanges(workgroup: Workgroup, nowMs: number, day: Day, random: () => number): void {
  while (workgroup.changesAtMs <= nowMs) {
    workgroup.isActive = !workgroup.isActive;
    workgroup.changesAtMs += untilChangeMs(workgroup.isActive, day, random);
  }
}

/** Returns the time until the next change, exponentially distributed so that the mean share of active workgroups is constant. */
function untilChangeMs(isActive: boolean, { activeForMs, activeShare }: Day, random: () => number): number {
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
