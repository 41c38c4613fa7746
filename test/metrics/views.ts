import type { ThresholdName } from "../../src/config/thresholds.ts";
import { newDurations } from "../../src/sessions/durations.ts";
import { withValues } from "../../src/sessions/histogram.ts";
import { NEVER_IDLE } from "../../src/sessions/idle-use.ts";
import type { SessionRow, Snapshot } from "../../src/snapshot/snapshot.ts";
import type { AccountRegionView, WorkgroupView } from "../../src/snapshot/view.ts";
import { DEFAULT_THRESHOLDS } from "../thresholds.ts";

/** When the poll of a snapshot was. */
const POLLED_AT_MS = 1_700_003_600_500;

/** Values of a row, and those that it has as of the poll of `snapshot()`. */
interface RowChange extends Partial<SessionRow> {
  readonly stateSeconds?: number;
  readonly ageSeconds?: number;
  readonly idleDpuSeconds?: number;
}

/** The default thresholds that a session has reached, its age aside. */
function reachedBy({ state = "IDLE", stateSeconds = 3600, isStuck }: RowChange): ThresholdName[] {
  if (isStuck === true) return ["creating"];
  if (state === "DEGRADED") return ["degraded"];
  return state === "IDLE" && stateSeconds >= 3600 ? ["idle"] : [];
}

/** A session that has been IDLE for an hour, unless `change` sets other values. */
export function sessionRow(change: RowChange = {}): SessionRow {
  const { stateSeconds = 3600, ageSeconds = 13_600.5, idleDpuSeconds = 36_000, ...values } = change;
  return {
    id: "s-1",
    state: "IDLE",
    reached: reachedBy(change),
    isStuck: false,
    idleUse: { ...NEVER_IDLE, pastDpuSeconds: idleDpuSeconds },
    countedUntilMonotonicMs: undefined,
    sinceMs: POLLED_AT_MS - 1000 * stateSeconds,
    startMs: POLLED_AT_MS - 1000 * ageSeconds,
    description: "nightly",
    engineVersion: "PySpark engine version 3",
    stateReason: "",
    executionRole: "arn:aws:iam::111122223333:role/spark",
    maxDpus: 20,
    idleTimeoutSeconds: 1200,
    startedBy: { name: "ana", arn: "arn:aws:sts::111122223333:assumed-role/data/ana" },
    ...values,
  };
}

export function snapshot(change: Partial<Snapshot> = {}): Snapshot {
  const { rows = [sessionRow()] } = change;
  const countOf = (name: ThresholdName) => rows.filter(({ reached }) => reached.includes(name)).length;
  return {
    takenAtMs: POLLED_AT_MS,
    polledAtMs: POLLED_AT_MS,
    polledAtMonotonicMs: 0,
    sessions: { CREATING: 1, CREATED: 0, IDLE: 2, BUSY: 3, TERMINATING: 0, DEGRADED: 1, UNKNOWN: 0 },
    recentlyEnded: { TERMINATED: 4, FAILED: 1 },
    idle: [
      { minIdleSeconds: 900, count: 2 },
      { minIdleSeconds: 3600, count: 1 },
    ],
    longestIdleSeconds: 3600,
    combinedIdleSeconds: 4600.5,
    oldestAgeSeconds: { CREATING: 5, CREATED: 0, IDLE: 13_600, BUSY: 60, TERMINATING: 0, DEGRADED: 7200 },
    idleDpus: 2,
    overThreshold: {
      degraded: countOf("degraded"),
      creating: countOf("creating"),
      terminating: countOf("terminating"),
      idle: countOf("idle"),
      busy: countOf("busy"),
      age: countOf("age"),
    },
    withoutOwner: 3,
    rows,
    rowsNeedingAction: rows.filter(({ reached }) => reached.length > 0),
    ...change,
  };
}

export function workgroupView(change: Partial<WorkgroupView> = {}): WorkgroupView {
  return {
    accountId: "123456789012",
    accountName: "data",
    roleArn: "",
    region: "eu-west-1",
    workgroup: "etl",
    engineVersion: "PySpark engine version 3",
    up: true,
    snapshot: snapshot(),
    shownSessions: 100,
    omittedSessions: 0,
    showsDetails: true,
    showsDurations: true,
    thresholds: DEFAULT_THRESHOLDS,
    showsOwners: true,
    namesOwners: false,
    dpuHourUsd: 0.35,
    counters: {
      started: 7,
      ended: { TERMINATED: 5, FAILED: 2, UNKNOWN: 1 },
      degraded: 3,
      sessionSeconds: {
        CREATING: 1,
        CREATED: 2,
        IDLE: 3.5,
        BUSY: 4,
        TERMINATING: 5,
        DEGRADED: 6,
        UNKNOWN: 7,
      },
      idleDpuSeconds: 3.5,
      endedDpuSeconds: 9,
      durations: {
        startup: withValues(newDurations.startup, [4, 45]),
        life: { ...newDurations.life, TERMINATED: withValues(newDurations.life.TERMINATED, [3600]) },
        idleBeforeEnd: withValues(newDurations.idleBeforeEnd, [1200.5]),
      },
      truncatedListings: 1,
    },
    polls: 12,
    pollFailures: 2,
    lastSuccessMs: 1_700_003_600_500,
    lastPollSeconds: 0.25,
    plannedIntervalSeconds: 60,
    ...change,
  };
}

/** A workgroup that was not polled yet. */
export function unpolledView(change: Partial<WorkgroupView> = {}): WorkgroupView {
  const { snapshot: _snapshot, lastPollSeconds: _seconds, ...rest } = workgroupView();
  const zero = { CREATING: 0, CREATED: 0, IDLE: 0, BUSY: 0, TERMINATING: 0, DEGRADED: 0, UNKNOWN: 0 };
  return {
    ...rest,
    up: false,
    counters: {
      started: 0,
      ended: { TERMINATED: 0, FAILED: 0, UNKNOWN: 0 },
      degraded: 0,
      sessionSeconds: zero,
      idleDpuSeconds: 0,
      endedDpuSeconds: 0,
      durations: newDurations,
      truncatedListings: 0,
    },
    polls: 0,
    pollFailures: 0,
    lastSuccessMs: 0,
    ...change,
  };
}

export function accountView(change: Partial<AccountRegionView> = {}): AccountRegionView {
  return {
    accountId: "123456789012",
    accountName: "data",
    roleArn: "",
    region: "eu-west-1",
    up: true,
    lastSuccessMs: 1_700_003_600_500,
    workgroups: 3,
    ...change,
  };
}
