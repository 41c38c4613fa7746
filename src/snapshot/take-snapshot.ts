import { COUNTED_STATES, LIVING_STATES, type CountedState } from "../sessions/session.ts";
import { RECENTLY_ENDED_MS } from "../sessions/plan.ts";
import { idleDpusOf } from "../sessions/session-time.ts";
import type { LivingSession, Tracker } from "../sessions/tracker.ts";
import type { SessionRow, Snapshot } from "./snapshot.ts";

/** A session takes a minute or two to start or to end; one that takes longer than this is stuck. */
const STUCK_MS = 10 * 60_000;

/**
 * What is true of a workgroup's sessions after a successful poll. `idleThresholdsSeconds`: ascending. `takenAtMs`: of the
 * exporter's clock, while durations are by AWS' clock, as the sessions' own times are.
 */
export function takeSnapshot(
  tracker: Tracker,
  idleThresholdsSeconds: readonly number[],
  takenAtMs: number,
): Snapshot {
  const nowMs = tracker.polledAtMs;
  const living = [...tracker.living.values()];
  const idleSeconds = living
    .filter(({ state }) => state === "IDLE")
    .map(({ sinceMs }) => secondsSince(sinceMs, nowMs));
  const states = [...living.map(({ state }) => state), ...tracker.unidentified];
  return {
    takenAtMs,
    sessions: record(COUNTED_STATES, (state) => count(states, (other) => other === state)),
    recentlyEnded: record(["TERMINATED", "FAILED"], (state) =>
      count(
        [...tracker.ended.values()],
        (end) => end.state === state && end.endMs > nowMs - RECENTLY_ENDED_MS,
      ),
    ),
    idle: idleThresholdsSeconds.map((minIdleSeconds) => ({
      minIdleSeconds,
      count: count(idleSeconds, (seconds) => seconds >= minIdleSeconds),
    })),
    longestIdleSeconds: Math.max(0, ...idleSeconds),
    combinedIdleSeconds: idleSeconds.reduce((total, seconds) => total + seconds, 0),
    oldestAgeSeconds: record(LIVING_STATES, (state) => oldestAgeSeconds(living, state, nowMs)),
    idleDpus: idleDpus(tracker),
    rows: living.map((session) => toRow(session, nowMs)).sort(compareRows),
  };
}

function idleDpus({ living, unidentified }: Tracker): number {
  const identified = [...living.values()].filter(({ state }) => state === "IDLE");
  return (
    identified.reduce((total, { details }) => total + idleDpusOf(details), 0) +
    count(unidentified, (state) => state === "IDLE") * idleDpusOf(undefined)
  );
}

/** What to act on first: degraded, then stuck in starting or ending, then idle; the longest first in each. */
export function compareRows(a: SessionRow, b: SessionRow): number {
  return rank(a) - rank(b) || a.sinceMs - b.sinceMs || (a.id < b.id ? -1 : 1);
}

function rank({ state, isStuck }: SessionRow): number {
  if (state === "DEGRADED") return 0;
  if (isStuck) return 1;
  return state === "IDLE" ? 2 : 3;
}

function toRow({ session, state, sinceMs, details }: LivingSession, nowMs: number): SessionRow {
  return {
    id: session.id,
    state,
    sinceMs,
    isStuck: (state === "CREATING" || state === "TERMINATING") && nowMs - sinceMs > STUCK_MS,
    ...(session.startMs !== undefined && { startMs: session.startMs }),
    ...(state === "IDLE" && { idleSeconds: secondsSince(sinceMs, nowMs) }),
    description: session.description,
    engineVersion: session.engineVersion,
    stateReason: session.stateReason ?? "",
    executionRole: details?.executionRole ?? "",
    ...(details?.maxDpus !== undefined && { maxDpus: details.maxDpus }),
    ...(details?.idleTimeoutSeconds !== undefined && { idleTimeoutSeconds: details.idleTimeoutSeconds }),
  };
}

function oldestAgeSeconds(living: readonly LivingSession[], state: CountedState, nowMs: number): number {
  return living.reduce((oldest, { state: other, session: { startMs } }) => {
    return other === state && startMs !== undefined ? Math.max(oldest, secondsSince(startMs, nowMs)) : oldest;
  }, 0);
}

/** Never negative: clocks differ a little, and step. */
function secondsSince(ms: number, nowMs: number): number {
  return Math.max(0, nowMs - ms) / 1000;
}

function count<Item>(items: readonly Item[], holds: (item: Item) => boolean): number {
  return items.reduce((total, item) => total + (holds(item) ? 1 : 0), 0);
}

function record<Key extends string, Value>(
  keys: readonly Key[],
  of: (key: Key) => Value,
): Record<Key, Value> {
  return Object.fromEntries(keys.map((key) => [key, of(key)])) as Record<Key, Value>;
}
