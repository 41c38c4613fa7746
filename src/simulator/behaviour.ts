import { pick, type Random, type Range, wholeBetween } from "./random.ts";
import type { Life, StateChange } from "./session.ts";

/** How the sessions of a workgroup come, live and end. Shares are in [0, 1], ranges of times in milliseconds. */
export interface Behaviour {
  readonly arrivalsPerHour: number;
  readonly creatingMs: Range;
  readonly createdMs: Range;
  /** Calculations that a session runs before it is left alone; at least 1. */
  readonly calculations: Range;
  readonly busyMs: Range;
  /** The pause wholeBetween two calculations. */
  readonly pauseMs: Range;
  /** Fails while CREATING. */
  readonly failAtStartShare: number;
  /** Fails in one of its calculations. */
  readonly failLaterShare: number;
  /** Becomes DEGRADED in one of its calculations. */
  readonly degradeShare: number;
  readonly degradedMs: Range;
  /** Is terminated by its owner after the last calculation; the others idle until the timeout. */
  readonly closedShare: number;
  readonly idleTimeoutMs: number;
  readonly terminatingMs: Range;
}

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;

/** A quiet workgroup with lives as long as real ones, into which nothing starts by itself. */
export const QUIET: Behaviour = {
  arrivalsPerHour: 0,
  creatingMs: { min: 2 * SECOND_MS, max: 8 * SECOND_MS },
  createdMs: { min: 100, max: 900 },
  calculations: { min: 1, max: 12 },
  busyMs: { min: 10 * SECOND_MS, max: 6 * MINUTE_MS },
  pauseMs: { min: 2 * SECOND_MS, max: 4 * MINUTE_MS },
  failAtStartShare: 0.03,
  failLaterShare: 0.03,
  degradeShare: 0.03,
  degradedMs: { min: 5 * MINUTE_MS, max: 60 * MINUTE_MS },
  closedShare: 0.4,
  idleTimeoutMs: 20 * MINUTE_MS,
  terminatingMs: { min: 2 * SECOND_MS, max: 30 * SECOND_MS },
};

/** The reason that the Athena user guide gives for a stop by hand and for an idle timeout alike. */
const TERMINATED_REASON = "Session was terminated per request";
const DEGRADED_REASON = "Session has no healthy coordinators";
const START_FAILURES = [
  "Session failed to start: insufficient capacity",
  "Session failed to start: the execution role could not be assumed",
  "Maximum allowed sessions exceeded",
] as const;
const LATER_FAILURES = ["Coordinator ran out of memory", "Session lost its coordinator"] as const;

/** Lays down the life of a session that starts at `startMs`. */
export function planLife(random: Random, behaviour: Behaviour, startMs: number): Life {
  const life: Life = [{ atMs: startMs, state: "CREATING" }];
  const createdMs = startMs + wholeBetween(random, behaviour.creatingMs);
  if (random() < behaviour.failAtStartShare) {
    life.push({ atMs: createdMs, state: "FAILED", reason: pick(random, START_FAILURES) });
    return life;
  }
  life.push({ atMs: createdMs, state: "CREATED" });
  const calculations = wholeBetween(random, behaviour.calculations);
  const mishap = planMishap(random, behaviour);
  const done = mishap === undefined ? calculations : wholeBetween(random, { min: 1, max: calculations });
  let atMs = createdMs + wholeBetween(random, behaviour.createdMs);
  for (let index = 0; index < done; index++) {
    life.push({ atMs, state: "IDLE" });
    atMs += wholeBetween(random, behaviour.pauseMs);
    life.push({ atMs, state: "BUSY" });
    atMs += wholeBetween(random, behaviour.busyMs);
  }
  const end =
    mishap === undefined ? planEnd(random, behaviour, atMs) : planBreakdown(random, behaviour, mishap, atMs);
  life.push(...end);
  return life;
}

/** The life of a session that is started by hand: it waits, idle, for its timeout. */
export function planIdleLife(
  random: Random,
  behaviour: Behaviour,
  startMs: number,
  idleTimeoutMs: number,
): Life {
  const createdMs = startMs + wholeBetween(random, behaviour.creatingMs);
  const idleMs = createdMs + wholeBetween(random, behaviour.createdMs);
  return [
    { atMs: startMs, state: "CREATING" },
    { atMs: createdMs, state: "CREATED" },
    { atMs: idleMs, state: "IDLE" },
    ...planTermination(idleMs + idleTimeoutMs, wholeBetween(random, behaviour.terminatingMs)),
  ];
}

/** TERMINATING from `atMs`, TERMINATED after `terminatingMs`. */
export function planTermination(atMs: number, terminatingMs: number): [StateChange, StateChange] {
  return [
    { atMs, state: "TERMINATING", reason: TERMINATED_REASON },
    { atMs: atMs + terminatingMs, state: "TERMINATED", reason: TERMINATED_REASON },
  ];
}

function planMishap(random: Random, behaviour: Behaviour): "fail" | "degrade" | undefined {
  const luck = random();
  if (luck < behaviour.failLaterShare) return "fail";
  return luck < behaviour.failLaterShare + behaviour.degradeShare ? "degrade" : undefined;
}

/** Left alone after its last calculation, until its owner or the timeout ends it. */
function planEnd(random: Random, behaviour: Behaviour, atMs: number): readonly StateChange[] {
  const idleMs =
    random() < behaviour.closedShare ? wholeBetween(random, behaviour.pauseMs) : behaviour.idleTimeoutMs;
  const end = planTermination(atMs + idleMs, wholeBetween(random, behaviour.terminatingMs));
  return [{ atMs, state: "IDLE" }, ...end];
}

/** A failed session ends at once; a degraded one lingers, then fails or is terminated. */
function planBreakdown(
  random: Random,
  behaviour: Behaviour,
  mishap: "fail" | "degrade",
  atMs: number,
): readonly StateChange[] {
  if (mishap === "fail") return [{ atMs, state: "FAILED", reason: pick(random, LATER_FAILURES) }];
  const endMs = atMs + wholeBetween(random, behaviour.degradedMs);
  const end: readonly StateChange[] =
    random() < 0.5
      ? [{ atMs: endMs, state: "FAILED", reason: pick(random, LATER_FAILURES) }]
      : planTermination(endMs, wholeBetween(random, behaviour.terminatingMs));
  return [{ atMs, state: "DEGRADED", reason: DEGRADED_REASON }, ...end];
}
