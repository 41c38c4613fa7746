import { describe, expect, it } from "vitest";
import { RECONCILIATION_FILTERS } from "../../src/sessions/reconciliation.ts";
import type { ShownCaller } from "../../src/owners/shown-caller.ts";
import { takeSnapshot, type Snapshot } from "../../src/snapshot/snapshot.ts";
import { DEFAULT_THRESHOLDS } from "../thresholds.ts";
import { FakeAthena, MINUTE, NOON, Poller } from "../sessions/fake-athena.ts";

const HOUR = 60 * MINUTE;

/** Returns the snapshot after a first poll at a minute past noon. */
function snapshotOf(prepare: (athena: FakeAthena) => void) {
  const athena = new FakeAthena();
  prepare(athena);
  const poller = new Poller(athena);
  poller.poll(RECONCILIATION_FILTERS);
  return takeSnapshot(poller.tracker, [900, 3600], DEFAULT_THRESHOLDS.seconds, NOON);
}

describe("a snapshot", () => {
  it("counts the sessions in every state, 0 if there are none", () => {
    const { sessions } = snapshotOf((athena) => {
      for (const state of [
        "CREATING",
        "CREATED",
        "IDLE",
        "BUSY",
        "TERMINATING",
        "DEGRADED",
        "UNKNOWN",
      ] as const)
        athena.put(state, state);
      athena.put("second", "IDLE");
      athena.put("ended", "TERMINATED");
    });
    expect(sessions).toEqual({
      CREATING: 1,
      CREATED: 1,
      IDLE: 2,
      BUSY: 1,
      TERMINATING: 1,
      DEGRADED: 1,
      UNKNOWN: 1,
    });
  });

  it("has idle durations and counts as of the poll", () => {
    const snapshot = snapshotOf((athena) => {
      athena.put("a", "IDLE", { idleSinceMs: NOON + MINUTE - 900_000 });
      athena.put("b", "IDLE", { idleSinceMs: NOON + MINUTE - 899_000 });
      athena.put("c", "IDLE", { idleSinceMs: NOON + MINUTE - 2 * HOUR });
      athena.put("d", "BUSY", { idleSinceMs: NOON - 9 * HOUR });
    });
    expect(snapshot).toMatchObject({
      idle: [
        { minIdleSeconds: 900, count: 2 },
        { minIdleSeconds: 3600, count: 1 },
      ],
      longestIdleSeconds: 7200,
      combinedIdleSeconds: 8999,
      idleDpus: 3,
    });
  });

  it("without IdleSinceDateTime uses LastModifiedDateTime, or else the first poll that shows the session as idle", () => {
    const athena = new FakeAthena();
    const nothing = { idleSinceMs: undefined, lastModifiedMs: undefined };
    athena.put("a", "IDLE");
    athena.put("b", "IDLE");
    Object.assign(athena.sessions.get("a") ?? {}, { idleSinceMs: undefined, lastModifiedMs: NOON - HOUR });
    Object.assign(athena.sessions.get("b") ?? {}, nothing);
    const poller = new Poller(athena);
    poller.poll();
    poller.poll();
    const { rows, polledAtMs } = takeSnapshot(poller.tracker, [], DEFAULT_THRESHOLDS.seconds, NOON);
    expect(rows.map(({ id, sinceMs }) => [id, polledAtMs - sinceMs])).toEqual([
      ["a", 62 * MINUTE],
      ["b", MINUTE],
    ]);
  });

  it("has no negative durations", () => {
    const snapshot = snapshotOf((athena) =>
      athena.put("a", "IDLE", {
        startMs: NOON + HOUR,
        idleSinceMs: NOON + HOUR,
        lastModifiedMs: NOON + HOUR,
      }),
    );
    expect(snapshot).toMatchObject({ longestIdleSeconds: 0, oldestAgeSeconds: { IDLE: 0 } });
  });

  it("has the age of the oldest session of each state since its start", () => {
    const { oldestAgeSeconds } = snapshotOf((athena) => {
      athena.put("a", "BUSY", { startMs: NOON - HOUR });
      athena.put("b", "BUSY", { startMs: NOON });
    });
    expect(oldestAgeSeconds).toEqual({
      CREATING: 0,
      CREATED: 0,
      IDLE: 0,
      BUSY: 3660,
      TERMINATING: 0,
      DEGRADED: 0,
    });
  });

  it("counts the sessions that ended within the last hour", () => {
    const { recentlyEnded } = snapshotOf((athena) => {
      athena.put("a", "TERMINATED", { endMs: NOON - 58 * MINUTE });
      athena.put("b", "TERMINATED", { endMs: NOON - 59 * MINUTE });
      athena.put("c", "FAILED", { endMs: NOON });
    });
    expect(recentlyEnded).toEqual({ TERMINATED: 1, FAILED: 1 });
  });

  it("does not count ended sessions before every listing of them has been read", () => {
    const athena = new FakeAthena();
    athena.put("a", "TERMINATED", { endMs: NOON });
    athena.put("b", "FAILED", { endMs: NOON });
    const poller = new Poller(athena);
    const counts = [["DEGRADED", "TERMINATING"], ["FAILED"], ["TERMINATED"], []] as const;
    expect(
      counts.map((filters) => {
        poller.poll(filters);
        return takeSnapshot(poller.tracker, [], DEFAULT_THRESHOLDS.seconds, NOON).recentlyEnded;
      }),
    ).toEqual([undefined, undefined, { TERMINATED: 1, FAILED: 1 }, { TERMINATED: 1, FAILED: 1 }]);
  });

  it("shares the rows that are as they were with the last one, until a threshold is reached, an owner is found or the session changes", () => {
    const athena = new FakeAthena();
    athena.put("idle", "IDLE", { idleSinceMs: NOON - HOUR + 2 * MINUTE });
    athena.put("busy", "BUSY");
    const poller = new Poller(athena);
    const owners = new Map<string, ShownCaller>();
    const seconds = DEFAULT_THRESHOLDS.seconds;
    const next = (former?: Snapshot) => {
      poller.poll([]);
      return takeSnapshot(poller.tracker, [], seconds, NOON, owners, former);
    };
    const first = next();
    const second = next(next(first));
    expect(second.rows).not.toBe(first.rows);
    expect(second.rows.map(({ id, reached }) => [id, ...reached])).toEqual([["idle", "idle"], ["busy"]]);
    expect(second.rows[1]).toBe(first.rows[1]);
    expect(next(second).rows).toBe(second.rows);
    owners.set("busy", { name: "ana", arn: "" });
    const owned = next(second);
    expect(owned.rows.map(({ startedBy }) => startedBy?.name)).toEqual([undefined, "ana"]);
    athena.put("busy", "IDLE");
    expect(next(owned).rows.map(({ state }) => state)).toEqual(["IDLE", "IDLE"]);
  });

  it("lists the sessions that need action first: degraded, stuck, idle, then busy for too long and too old", () => {
    const { rows, rowsNeedingAction, overThreshold } = snapshotOf((athena) => {
      athena.put("busy", "BUSY", { lastModifiedMs: NOON - 9 * HOUR });
      athena.put("busy-too-long", "BUSY", { lastModifiedMs: NOON - 12 * HOUR });
      athena.put("too-old", "BUSY", { startMs: NOON - 24 * HOUR });
      athena.put("degraded-now", "DEGRADED", { lastModifiedMs: NOON });
      athena.put("idle-now", "IDLE", { idleSinceMs: NOON });
      athena.put("idle", "IDLE", { idleSinceMs: NOON - HOUR });
      athena.put("idle-longest", "IDLE", { idleSinceMs: NOON - 2 * HOUR });
      athena.put("starting", "CREATING", { lastModifiedMs: NOON - MINUTE });
      athena.put("stuck", "TERMINATING", { lastModifiedMs: NOON - 11 * MINUTE });
      athena.put("degraded", "DEGRADED", { lastModifiedMs: NOON - 4 * MINUTE });
    });
    const needingAction = ["degraded", "stuck", "idle-longest", "idle", "busy-too-long", "too-old"];
    expect(rowsNeedingAction.map(({ id }) => id)).toEqual(needingAction);
    expect(rows.map(({ id }) => id)).toEqual([
      "degraded",
      "degraded-now",
      ...needingAction.slice(1),
      "idle-now",
      "busy",
      "starting",
    ]);
    expect(overThreshold).toEqual({
      degraded: 1,
      creating: 0,
      terminating: 1,
      idle: 2,
      busy: 1,
      age: 1,
    });
  });
});

it("a snapshot of 200,000 sessions does not exhaust the stack", () => {
  const athena = new FakeAthena();
  athena.put("a", "IDLE");
  const poller = new Poller(athena);
  poller.poll();
  const [session] = poller.tracker.active.values();
  if (session === undefined) throw new Error("no session");
  const active = new Map(Array.from({ length: 200_000 }, (_, index) => [String(index), session]));
  expect(
    takeSnapshot({ ...poller.tracker, active }, [60], DEFAULT_THRESHOLDS.seconds, NOON).sessions.IDLE,
  ).toBe(200_000);
});
