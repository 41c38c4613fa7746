import { THRESHOLD_NAMES, type SessionThresholds, type ThresholdName } from "../config/thresholds.ts";
import {
  ACTIVE_STATES,
  COUNTED_STATES,
  type ActiveState,
  type CountedState,
  type EndedState,
} from "../sessions/session.ts";
import type { ShownCaller } from "../owners/shown-caller.ts";
import { idleDpuSecondsUntil } from "../sessions/idle-use.ts";
import { idleDpusOf } from "../sessions/session-time.ts";
import { RECENTLY_ENDED_MS } from "../sessions/ended-update.ts";
import type { ActiveSession, Tracker } from "../sessions/tracker.ts";

/** The threshold of the time in each state. */
const STATE_THRESHOLDS: Partial<Readonly<Record<CountedState, ThresholdName>>> = {
  DEGRADED: "degraded",
  CREATING: "creating",
  TERMINATING: "terminating",
  IDLE: "idle",
  BUSY: "busy",
};

/** An active session as of its workgroup's last successful poll. Times are Unix milliseconds, durations seconds. */
export interface SessionRow {
  readonly id: string;
  readonly state: CountedState;
  /** Since when it is in `state`. */
  readonly sinceMs: number;
  /** For how long it has been in `state`. */
  readonly stateSeconds: number;
  /** The thresholds that it has reached; it needs action if there is one. */
  readonly reached: readonly ThresholdName[];
  /** CREATING or TERMINATING for at least the threshold. */
  readonly isStuck: boolean;
  /** What it has used while it was idle, in all its idle times since it was first seen: a lower bound. */
  readonly idleDpuSeconds: number;
  /** Absent where Athena gives no start. */
  readonly startMs?: number | undefined;
  readonly ageSeconds?: number | undefined;
  readonly description: string;
  readonly engineVersion: string;
  /** StateChangeReason; empty where none. */
  readonly stateReason: string;
  /** The ARN of its IAM role; empty without details. */
  readonly executionRole: string;
  /** Absent without details. */
  readonly maxDpus?: number | undefined;
  readonly idleTimeoutSeconds?: number | undefined;
  /** Who started it; absent where that is not known. */
  readonly startedBy?: ShownCaller | undefined;
}

/** The sessions of a workgroup as of its last successful poll. Durations are in seconds, never negative. */
export interface Snapshot {
  /** When the poll was, in Unix milliseconds of the exporter's clock. */
  readonly takenAtMs: number;
  readonly sessions: Readonly<Record<CountedState, number>>;
  /** Absent until the listings of ended sessions have been read, as a count of some of them would be too low. */
  readonly recentlyEnded?: Readonly<Record<EndedState, number>>;
  /** One entry a configured threshold, ascending. */
  readonly idle: readonly { readonly minIdleSeconds: number; readonly count: number }[];
  readonly longestIdleSeconds: number;
  readonly combinedIdleSeconds: number;
  readonly oldestAgeSeconds: Readonly<Record<ActiveState, number>>;
  readonly idleDpus: number;
  /** How many sessions have reached each threshold. */
  readonly overThreshold: Readonly<Record<ThresholdName, number>>;
  /** Active sessions of which it is not known who started them. */
  readonly withoutOwner: number;
  /** Every active session, in the order of compareRows. */
  readonly rows: readonly SessionRow[];
  /** Those of the rows that have reached a threshold. */
  readonly rowsNeedingAction: readonly SessionRow[];
}

/**
 * Takes the snapshot of a tracker after a successful poll.
 * @param idleThresholdsSeconds ascending
 * @param thresholds of the workgroup
 * @param takenAtMs of the exporter's clock; durations are by AWS' clock, as the sessions' own times are
 * @param owners who started sessions, by their ids
 */
export function takeSnapshot(
  tracker: Tracker,
  idleThresholdsSeconds: readonly number[],
  thresholds: SessionThresholds,
  takenAtMs: number,
  owners: ReadonlyMap<string, ShownCaller> = new Map(),
): Snapshot {
  const nowMs = tracker.polledAtMs;
  const sessions = zeroes(COUNTED_STATES);
  const oldestAgeSeconds = zeroes(ACTIVE_STATES);
  const overThreshold = zeroes(THRESHOLD_NAMES);
  const idleCounts = idleThresholdsSeconds.map(() => 0);
  const rows: SessionRow[] = [];
  let [longestIdleSeconds, combinedIdleSeconds, idleDpus] = [0, 0, 0];
  for (const session of tracker.active.values()) {
    const row = toRow(session, thresholds, tracker, owners.get(session.session.id));
    rows.push(row);
    sessions[row.state] += 1;
    for (const name of row.reached) overThreshold[name] += 1;
    if (row.state !== "UNKNOWN") {
      oldestAgeSeconds[row.state] = Math.max(oldestAgeSeconds[row.state], row.ageSeconds ?? 0);
    }
    if (row.state !== "IDLE") continue;
    longestIdleSeconds = Math.max(longestIdleSeconds, row.stateSeconds);
    combinedIdleSeconds += row.stateSeconds;
    idleDpus += idleDpusOf(session.details);
    for (const [index, minIdleSeconds] of idleThresholdsSeconds.entries()) {
      if (row.stateSeconds >= minIdleSeconds) idleCounts[index] = (idleCounts[index] ?? 0) + 1;
    }
  }
  for (const state of tracker.unidentified) {
    sessions[state] += 1;
    if (state === "IDLE") idleDpus += idleDpusOf(undefined);
  }
  rows.sort(compareRows);
  return {
    takenAtMs,
    sessions,
    ...(tracker.reconciliation.unlisted.length === 0 && {
      recentlyEnded: {
        TERMINATED: tracker.ended.countAfter("TERMINATED", nowMs - RECENTLY_ENDED_MS),
        FAILED: tracker.ended.countAfter("FAILED", nowMs - RECENTLY_ENDED_MS),
      },
    }),
    idle: idleThresholdsSeconds.map((minIdleSeconds, index) => ({
      minIdleSeconds,
      count: idleCounts[index] ?? 0,
    })),
    longestIdleSeconds,
    combinedIdleSeconds,
    oldestAgeSeconds,
    idleDpus,
    overThreshold,
    withoutOwner:
      tracker.unidentified.length + rows.filter(({ startedBy }) => startedBy === undefined).length,
    rows,
    rowsNeedingAction: rows.filter(({ reached }) => reached.length > 0),
  };
}

/** The order in which sessions need action: degraded, stuck, idle, then busy too long or too old; the longest first in each. */
export function compareRows(a: SessionRow, b: SessionRow): number {
  return rankOf(a) - rankOf(b) || a.sinceMs - b.sinceMs || (a.id < b.id ? -1 : 1);
}

/**
 * The first part of the order of compareRows: 0 for degraded, 1 for stuck, 2 for those that have reached the threshold of idle
 * time, 3 for those that have reached another one, 4 for idle, 5 for the others.
 */
export function rankOf({ state, isStuck, reached }: SessionRow): number {
  if (state === "DEGRADED") return 0;
  if (isStuck) return 1;
  if (reached.length > 0) return reached.includes("idle") ? 2 : 3;
  return state === "IDLE" ? 4 : 5;
}

function toRow(
  { session, state, sinceMs, idleUse, countedUntilMonotonicMs, details }: ActiveSession,
  thresholds: SessionThresholds,
  { polledAtMs: nowMs, polledAtMonotonicMs }: Tracker,
  startedBy: ShownCaller | undefined,
): SessionRow {
  const stateSeconds = secondsBetween(sinceMs, nowMs);
  const ageSeconds = session.startMs === undefined ? undefined : secondsBetween(session.startMs, nowMs);
  const reached = reachedThresholds(state, stateSeconds, ageSeconds, thresholds);
  return {
    id: session.id,
    state,
    sinceMs,
    stateSeconds,
    reached,
    isStuck: reached.includes("creating") || reached.includes("terminating"),
    idleDpuSeconds: idleDpuSecondsUntil(idleUse, countedUntilMonotonicMs ?? polledAtMonotonicMs),
    startMs: session.startMs,
    ageSeconds,
    description: session.description,
    engineVersion: session.engineVersion,
    stateReason: session.stateReason ?? "",
    executionRole: details?.executionRole ?? "",
    maxDpus: details?.maxDpus,
    idleTimeoutSeconds: details?.idleTimeoutSeconds,
    startedBy,
  };
}

function reachedThresholds(
  state: CountedState,
  stateSeconds: number,
  ageSeconds: number | undefined,
  thresholds: SessionThresholds,
): readonly ThresholdName[] {
  const name = STATE_THRESHOLDS[state];
  return [
    ...(name !== undefined && stateSeconds >= thresholds[name] ? [name] : []),
    ...(ageSeconds !== undefined && ageSeconds >= thresholds.age ? (["age"] as const) : []),
  ];
}

/** Never negative: clocks differ a little, and step. */
function secondsBetween(ms: number, nowMs: number): number {
  return Math.max(0, nowMs - ms) / 1000;
}

function zeroes<Key extends string>(keys: readonly Key[]): Record<Key, number> {
  return Object.fromEntries(keys.map((key) => [key, 0])) as Record<Key, number>;
}
