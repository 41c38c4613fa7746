import type { CountedTime } from "./session-time.ts";

/**
 * The DPU-seconds that a session has used while it was idle, as a function of time: while it stays idle, they grow and this does not
 * change. Times are monotonic milliseconds.
 */
export interface IdleUse {
  /** Of the idle times before `sinceMs`. */
  readonly pastDpuSeconds: number;
  /** Since when it is idle; Infinity where it is not. */
  readonly sinceMs: number;
  /** What it holds while it is idle. */
  readonly dpus: number;
}

/** Of a session that was never seen idle. */
export const NEVER_IDLE: IdleUse = { pastDpuSeconds: 0, sinceMs: Infinity, dpus: 0 };

/** What was used until a time. */
export function idleDpuSecondsUntil({ pastDpuSeconds, sinceMs, dpus }: IdleUse, untilMs: number): number {
  return pastDpuSeconds + (dpus * Math.max(0, untilMs - sinceMs)) / 1000;
}

/**
 * The use after a poll; `before` itself where the session stays idle, or stays something else.
 * @param time what the poll counts of the session
 * @param formerDpuSeconds what of that was idle before the present state
 * @param dpus what it holds now that it is idle; undefined where it is not
 */
export function nextIdleUse(
  before: IdleUse,
  { fromMs, changedMs }: CountedTime,
  formerDpuSeconds: number,
  dpus: number | undefined,
): IdleUse {
  const wasIdle = before.sinceMs < Infinity;
  const staysIdle = wasIdle && changedMs === fromMs && dpus === before.dpus;
  if (staysIdle || (!wasIdle && dpus === undefined)) return before;
  const pastDpuSeconds = idleDpuSecondsUntil(before, fromMs) + formerDpuSeconds;
  return dpus === undefined
    ? { ...NEVER_IDLE, pastDpuSeconds }
    : { pastDpuSeconds, sinceMs: changedMs, dpus };
}
