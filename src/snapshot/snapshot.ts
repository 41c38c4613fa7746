import { THRESHOLD_NAMES, type SessionThresholds, type ThresholdName } from "../config/thresholds.ts";
import {
  ACTIVE_STATES,
  COUNTED_STATES,
  type ActiveState,
  type CountedState,
  type EndedState,
} from "../sessions/session.ts";
import type { ShownCaller } from "../owners/shown-caller.ts";
import type { IdleUse } from "../sessions/idle-use.ts";
import { sameOrNew } from "../sessions/same-or-new.ts";
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

const NO_SESSIONS = byName(COUNTED_STATES, () => 0);
const NO_AGES = byName(ACTIVE_STATES, () => 0);
const NONE_OVER_THRESHOLD = byName(THRESHOLD_NAMES, () => 0);
const NONE_REACHED: readonly ThresholdName[] = [];
const REACHED = byName(THRESHOLD_NAMES, (name): readonly ThresholdName[] => [name]);
const REACHED_WITH_AGE = byName(THRESHOLD_NAMES, (name): readonly ThresholdName[] => [name, "age"]);

/**
 * An active session as of its workgroup's last successful poll, without what every poll changes: see SessionEntry. Times are Unix
 * milliseconds of AWS' clock.
 */
export interface SessionRow {
  readonly id: string;
  readonly state: CountedState;
  /** Since when it is in `state`. */
  readonly sinceMs: number;
  /** The thresholds that it has reached; it needs action if there is one. */
  readonly reached: readonly ThresholdName[];
  /** CREATING or TERMINATING for at least the threshold. */
  readonly isStuck: boolean;
  /** What it has used while it was idle, in all its idle times since it was first seen: a lower bound. */
  readonly idleUse: IdleUse;
  /** Until when its time is counted, in monotonic milliseconds; absent: until the poll. */
  readonly countedUntilMonotonicMs: number | undefined;
  /** Absent where Athena gives no start. */
  readonly startMs?: number | undefined;
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
  /** The same by AWS' clock, and in monotonic milliseconds. */
  readonly polledAtMs: number;
  readonly polledAtMonotonicMs: number;
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
 * @param former the last snapshot; rows that are as they were there are the same objects
 */
export function takeSnapshot(
  tracker: Tracker,
  idleThresholdsSeconds: readonly number[],
  thresholds: SessionThresholds,
  takenAtMs: number,
  owners: ReadonlyMap<string, ShownCaller> = new Map(),
  former?: Snapshot,
): Snapshot {
  const { polledAtMs, polledAtMonotonicMs } = tracker;
  const sessions = { ...NO_SESSIONS };
  const oldestAgeSeconds = { ...NO_AGES };
  const overThreshold = { ...NONE_OVER_THRESHOLD };
  const idle = idleThresholdsSeconds.map((minIdleSeconds) => ({ minIdleSeconds, count: 0 }));
  const formerRows = new Map(former?.rows.map((row) => [row.id, row]));
  const rows: SessionRow[] = [];
  let [longestIdleSeconds, combinedIdleSeconds, idleDpus, withoutOwner] = [0, 0, 0, 0];
  for (const session of tracker.active.values()) {
    const { id, startMs } = session.session;
    const { state, sinceMs } = session;
    const stateSeconds = secondsBetween(sinceMs, polledAtMs);
    const ageSeconds = startMs === undefined ? undefined : secondsBetween(startMs, polledAtMs);
    const reached = reachedThresholds(state, stateSeconds, ageSeconds, thresholds);
    const row = sameOrNew(formerRows.get(id), toRow(session, reached, owners.get(id)));
    rows.push(row);
    sessions[state] += 1;
    for (const name of reached) overThreshold[name] += 1;
    if (row.startedBy === undefined) withoutOwner += 1;
    if (state !== "UNKNOWN") oldestAgeSeconds[state] = Math.max(oldestAgeSeconds[state], ageSeconds ?? 0);
    if (state !== "IDLE") continue;
    longestIdleSeconds = Math.max(longestIdleSeconds, stateSeconds);
    combinedIdleSeconds += stateSeconds;
    idleDpus += idleDpusOf(session.details);
    for (const threshold of idle) if (stateSeconds >= threshold.minIdleSeconds) threshold.count += 1;
  }
  for (const state of tracker.unidentified) {
    sessions[state] += 1;
    if (state === "IDLE") idleDpus += idleDpusOf(undefined);
  }
  return {
    takenAtMs,
    polledAtMs,
    polledAtMonotonicMs,
    sessions,
    ...(tracker.reconciliation.unlisted.length === 0 && {
      recentlyEnded: {
        TERMINATED: tracker.ended.countAfter("TERMINATED", polledAtMs - RECENTLY_ENDED_MS),
        FAILED: tracker.ended.countAfter("FAILED", polledAtMs - RECENTLY_ENDED_MS),
      },
    }),
    idle,
    longestIdleSeconds,
    combinedIdleSeconds,
    oldestAgeSeconds,
    idleDpus,
    overThreshold,
    withoutOwner: withoutOwner + tracker.unidentified.length,
    ...sortedRows(rows, former),
  };
}

function sortedRows(
  rows: SessionRow[],
  former: Snapshot | undefined,
): Pick<Snapshot, "rows" | "rowsNeedingAction"> {
  rows.sort(compareRows);
  const isAsBefore =
    rows.length === former?.rows.length && rows.every((row, index) => row === former.rows[index]);
  if (isAsBefore) return { rows: former.rows, rowsNeedingAction: former.rowsNeedingAction };
  return { rows, rowsNeedingAction: rows.filter(({ reached }) => reached.length > 0) };
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
  reached: readonly ThresholdName[],
  startedBy: ShownCaller | undefined,
): SessionRow {
  return {
    id: session.id,
    state,
    sinceMs,
    reached,
    isStuck: reached.includes("creating") || reached.includes("terminating"),
    idleUse,
    countedUntilMonotonicMs,
    startMs: session.startMs,
    description: session.description,
    engineVersion: session.engineVersion,
    stateReason: session.stateReason ?? "",
    executionRole: details?.executionRole ?? "",
    maxDpus: details?.maxDpus,
    idleTimeoutSeconds: details?.idleTimeoutSeconds,
    startedBy,
  };
}

/** Gives the same array for the same thresholds, so that rows are compared by it. */
function reachedThresholds(
  state: CountedState,
  stateSeconds: number,
  ageSeconds: number | undefined,
  thresholds: SessionThresholds,
): readonly ThresholdName[] {
  const name = STATE_THRESHOLDS[state];
  const isOld = ageSeconds !== undefined && ageSeconds >= thresholds.age;
  if (name !== undefined && stateSeconds >= thresholds[name])
    return (isOld ? REACHED_WITH_AGE : REACHED)[name];
  return isOld ? REACHED.age : NONE_REACHED;
}

/** Never negative: clocks differ a little, and step. */
export function secondsBetween(ms: number, nowMs: number): number {
  return Math.max(0, nowMs - ms) / 1000;
}

function byName<Key extends string, Value>(
  keys: readonly Key[],
  valueOf: (key: Key) => Value,
): Record<Key, Value> {
  return Object.fromEntries(keys.map((key) => [key, valueOf(key)])) as Record<Key, Value>;
}
