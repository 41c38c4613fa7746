import { ACTIVE_STATES, hasEnded, type ActiveState, type EndedState } from "./history.ts";
import type { ModelSession } from "./model-session.ts";
import type { ModelWorkgroup } from "./model-workgroup.ts";

/** The least and the most that a figure can be. */
export interface Range {
  min: number;
  max: number;
}

export function isWithin(value: number, { min, max }: Range, tolerance = 0): boolean {
  return value >= min - tolerance && value <= max + tolerance;
}

/** A session that lives for a while, and what a poll within that while can find it to be. */
export interface Sighting {
  readonly session: ModelSession;
  /** Every active state that it is in at some time. */
  readonly states: ReadonlySet<ActiveState>;
  /** Whether it lives all the time. */
  readonly livesThroughout: boolean;
  /** Whether an unfiltered listing has it at any time of the while. */
  readonly isListedThroughout: boolean;
}

/** The sessions of a workgroup that live at some time of [fromMs, toMs]. */
export function sightings(workgroup: ModelWorkgroup, fromMs: number, toMs: number): Sighting[] {
  const found: Sighting[] = [];
  for (const session of workgroup.sessions) {
    if (session.startMs > toMs || session.endMs <= fromMs) continue;
    const all = session.statesDuring(fromMs, toMs);
    const active = all.filter((state): state is ActiveState => state !== undefined && !hasEnded(state));
    found.push({
      session,
      states: new Set(active),
      livesThroughout: active.length === all.length,
      isListedThroughout: all.every((state) => workgroup.isListed(state)),
    });
  }
  return found;
}

/** True counts of living sessions by state at a moment. */
export function countsAt(workgroup: ModelWorkgroup, atMs: number): Record<ActiveState, number> {
  const counts = Object.fromEntries(ACTIVE_STATES.map((state) => [state, 0])) as Record<ActiveState, number>;
  for (const session of workgroup.sessions) {
    const state = session.stateAt(atMs);
    if (state !== undefined && !hasEnded(state)) counts[state] += 1;
  }
  return counts;
}

/** How many sessions started in (afterMs, untilMs]; those without an id cannot be counted. */
export function startedDuring(workgroup: ModelWorkgroup, afterMs: number, untilMs: number): number {
  return countOf(workgroup, ({ startMs }) => startMs > afterMs && startMs <= untilMs);
}

/** How many sessions that Athena tells no start of live after a time, though they started before: each may seem new. */
export function undatedDuring(workgroup: ModelWorkgroup, afterMs: number): number {
  return countOf(
    workgroup,
    ({ item, startMs, endMs }) => item.omits.includes("start") && startMs <= afterMs && endMs > afterMs,
  );
}

/** How many sessions ended so in (afterMs, untilMs]. */
export function endedDuring(
  workgroup: ModelWorkgroup,
  state: EndedState,
  afterMs: number,
  untilMs: number,
): number {
  return countOf(
    workgroup,
    ({ endMs, endState }) => endState === state && endMs > afterMs && endMs <= untilMs,
  );
}

/** How many sessions became DEGRADED in (afterMs, untilMs], each once. */
export function degradedDuring(workgroup: ModelWorkgroup, afterMs: number, untilMs: number): number {
  return countOf(workgroup, ({ steps }) =>
    steps.some(({ state, atMs }) => state === "DEGRADED" && atMs > afterMs && atMs <= untilMs),
  );
}

/** Milliseconds that sessions lived in [fromMs, toMs], summed over them. */
export function livedMsDuring(workgroup: ModelWorkgroup, fromMs: number, toMs: number): number {
  let sumMs = 0;
  for (const { id, startMs, endMs } of workgroup.sessions) {
    if (id !== "") sumMs += Math.max(0, Math.min(endMs, toMs) - Math.max(startMs, fromMs));
  }
  return sumMs;
}

function countOf(workgroup: ModelWorkgroup, holds: (session: ModelSession) => boolean): number {
  let count = 0;
  for (const session of workgroup.sessions) if (session.id !== "" && holds(session)) count += 1;
  return count;
}
