import { randomItem, type Random, type Range, randomInteger } from "./random.ts";
import type { Lifecycle, StateChange } from "./session.ts";

/** How the sessions of a workgroup start, run and end. Shares are probabilities in [0, 1]. */
export interface Behaviour {
  /** The mean number of sessions that start per hour; 0 for none. */
  readonly arrivalsPerHour: number;
  readonly creatingMs: Range;
  readonly createdMs: Range;
  /** The number of calculations that a session runs before it stays idle; at least 1. */
  readonly calculations: Range;
  readonly busyMs: Range;
  /** The idle time between two calculations. */
  readonly pauseMs: Range;
  /** The share of sessions that fail while CREATING. */
  readonly failAtStartShare: number;
  /** The share of sessions that fail during a calculation. */
  readonly failLaterShare: number;
  /** The share of sessions that become DEGRADED during a calculation. */
  readonly degradeShare: number;
  readonly degradedMs: Range;
  /** The share of sessions that their owner terminates after the last calculation; the others reach the idle timeout. */
  readonly terminatedByOwnerShare: number;
  readonly idleTimeoutMs: number;
  readonly terminatingMs: Range;
}

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;

/** Realistic durations, but no session starts unless a test or an API request starts it. */
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
  terminatedByOwnerShare: 0.4,
  idleTimeoutMs: 20 * MINUTE_MS,
  terminatingMs: { min: 2 * SECOND_MS, max: 30 * SECOND_MS },
};

/** The Athena user guide gives this reason both for TerminateSession and for the idle timeout. */
const TERMINATED_REASON = "Session was terminated per request";
const DEGRADED_REASON = "Session has no healthy coordinators";
const START_FAILURES = [
  "Session failed to start: insufficient capacity",
  "Session failed to start: the execution role could not be assumed",
  "Maximum allowed sessions exceeded",
] as const;
const LATER_FAILURES = ["Coordinator ran out of memory", "Session lost its coordinator"] as const;

/** Plans all state changes of a session that starts at `startMs` (Unix milliseconds). */
export function planLifecycle(random: Random, behaviour: Behaviour, startMs: number): Lifecycle {
  const lifecycle: Lifecycle = [{ atMs: startMs, state: "CREATING" }];
  const createdMs = startMs + randomInteger(random, behaviour.creatingMs);
  if (random() < behaviour.failAtStartShare) {
    lifecycle.push({ atMs: createdMs, state: "FAILED", reason: randomItem(random, START_FAILURES) });
    return lifecycle;
  }
  lifecycle.push({ atMs: createdMs, state: "CREATED" });
  const calculations = randomInteger(random, behaviour.calculations);
  const failure = drawFailure(random, behaviour);
  const finished =
    failure === undefined ? calculations : randomInteger(random, { min: 1, max: calculations });
  let atMs = createdMs + randomInteger(random, behaviour.createdMs);
  for (let index = 0; index < finished; index++) {
    lifecycle.push({ atMs, state: "IDLE" });
    atMs += randomInteger(random, behaviour.pauseMs);
    lifecycle.push({ atMs, state: "BUSY" });
    atMs += randomInteger(random, behaviour.busyMs);
  }
  const end =
    failure === undefined ? planEnd(random, behaviour, atMs) : planFailure(random, behaviour, failure, atMs);
  lifecycle.push(...end);
  return lifecycle;
}

/** Plans a session that StartSession starts: it becomes idle and is terminated by the idle timeout. */
export function planIdleLifecycle(
  random: Random,
  behaviour: Behaviour,
  startMs: number,
  idleTimeoutMs: number,
): Lifecycle {
  const createdMs = startMs + randomInteger(random, behaviour.creatingMs);
  const idleMs = createdMs + randomInteger(random, behaviour.createdMs);
  return [
    { atMs: startMs, state: "CREATING" },
    { atMs: createdMs, state: "CREATED" },
    { atMs: idleMs, state: "IDLE" },
    ...planTermination(idleMs + idleTimeoutMs, randomInteger(random, behaviour.terminatingMs)),
  ];
}

/**
 * TERMINATING at `atMs`, and TERMINATED `terminatingMs` later.
 * @param terminatedBy who called TerminateSession; absent for an idle timeout
 */
export function planTermination(
  atMs: number,
  terminatingMs: number,
  terminatedBy?: StateChange["terminatedBy"],
): [StateChange, StateChange] {
  return [
    {
      atMs,
      state: "TERMINATING",
      reason: TERMINATED_REASON,
      ...(terminatedBy !== undefined && { terminatedBy }),
    },
    { atMs: atMs + terminatingMs, state: "TERMINATED", reason: TERMINATED_REASON },
  ];
}

function drawFailure(random: Random, behaviour: Behaviour): "fail" | "degrade" | undefined {
  const draw = random();
  if (draw < behaviour.failLaterShare) return "fail";
  return draw < behaviour.failLaterShare + behaviour.degradeShare ? "degrade" : undefined;
}

/** After the last calculation the session is idle until its owner or the idle timeout terminates it. */
function planEnd(random: Random, behaviour: Behaviour, atMs: number): readonly StateChange[] {
  const isByOwner = random() < behaviour.terminatedByOwnerShare;
  const idleMs = isByOwner ? randomInteger(random, behaviour.pauseMs) : behaviour.idleTimeoutMs;
  const terminatingMs = randomInteger(random, behaviour.terminatingMs);
  const end = planTermination(atMs + idleMs, terminatingMs, isByOwner ? "owner" : undefined);
  return [{ atMs, state: "IDLE" }, ...end];
}

/** A failing session ends at once; a degraded one stays DEGRADED for a while, then fails or is terminated. */
function planFailure(
  random: Random,
  behaviour: Behaviour,
  failure: "fail" | "degrade",
  atMs: number,
): readonly StateChange[] {
  if (failure === "fail") return [{ atMs, state: "FAILED", reason: randomItem(random, LATER_FAILURES) }];
  const endMs = atMs + randomInteger(random, behaviour.degradedMs);
  const end: readonly StateChange[] =
    random() < 0.5
      ? [{ atMs: endMs, state: "FAILED", reason: randomItem(random, LATER_FAILURES) }]
      : planTermination(endMs, randomInteger(random, behaviour.terminatingMs), "owner");
  return [{ atMs, state: "DEGRADED", reason: DEGRADED_REASON }, ...end];
}
