import { describe, expect, it } from "vitest";
import type { Session } from "../../src/sessions/session.ts";
import { MAX_REMEMBERED_ENDS } from "../../src/sessions/ended-update.ts";
import { FakeAthena, MINUTE, Poller, RECONCILIATION_POLLS, polledOnce } from "./fake-athena.ts";

const HOUR = 60 * MINUTE;

function pollTimes(poller: Poller, times: number): void {
  for (let polls = 0; polls < times; polls += 1) poller.poll();
}

/** Makes unfiltered listings omit DEGRADED and TERMINATING sessions. */
function omitDegradedAndTerminating(athena: FakeAthena): void {
  athena.hidden.add("DEGRADED");
  athena.hidden.add("TERMINATING");
}

const ended = (counts: Partial<Record<"TERMINATED" | "FAILED" | "UNKNOWN", number>>) => ({
  TERMINATED: 0,
  FAILED: 0,
  UNKNOWN: 0,
  ...counts,
});

/** Adds ended sessions that started later than the tested session, so that listings return them first. */
function putHistory(athena: FakeAthena, count: number): void {
  for (let index = 0; index < count; index += 1) {
    athena.put(`old ${index}`, "TERMINATED", { startMs: athena.nowMs - HOUR - index });
  }
}

describe("if unfiltered listings omit TERMINATING sessions, a session is counted once", () => {
  it.each([1, 7, 20])(
    "that started while polls failed, was TERMINATING when they recovered, and ended %i polls later",
    (pollsUntilEnd) => {
      const { athena, poller } = polledOnce(omitDegradedAndTerminating);
      pollTimes(poller, 3);
      athena.put("a", "IDLE", { startMs: athena.nowMs + MINUTE });
      athena.nowMs += 40 * MINUTE;
      athena.put("a", "TERMINATING");
      pollTimes(poller, pollsUntilEnd);
      athena.put("a", "TERMINATED");
      pollTimes(poller, 2 * RECONCILIATION_POLLS);
      expect(poller.tracker.counters).toMatchObject({ started: 1, ended: ended({ TERMINATED: 1 }) });
      expect(poller.counts()).toEqual({});
    },
  );

  it.each([1, 3, 12])(
    "that lasts less than a poll interval and is TERMINATING for %i polls",
    (terminatingPolls) => {
      for (let phase = 0; phase < RECONCILIATION_POLLS; phase += 1) {
        const { athena, poller } = polledOnce(omitDegradedAndTerminating);
        pollTimes(poller, phase);
        athena.put("a", "TERMINATING", {
          startMs: athena.nowMs + MINUTE / 4,
          lastModifiedMs: athena.nowMs + MINUTE / 2,
        });
        pollTimes(poller, terminatingPolls);
        athena.put("a", "TERMINATED");
        pollTimes(poller, 2 * RECONCILIATION_POLLS);
        expect(poller.tracker.counters).toMatchObject({ started: 1, ended: ended({ TERMINATED: 1 }) });
      }
    },
  );
});

describe("if unfiltered listings omit DEGRADED and TERMINATING sessions", () => {
  it.each(["DEGRADED", "TERMINATING"] as const)(
    "a session that becomes %s before its first listing is counted once, at any time between reconciliation listings",
    (state) => {
      const others = 40;
      for (let startPoll = 0; startPoll < RECONCILIATION_POLLS; startPoll += 1) {
        for (const pollsUntilEnd of [1, 6, 14, 22, 30]) {
          const { athena, poller } = polledOnce(omitDegradedAndTerminating);
          athena.pageSize = 20;
          pollTimes(poller, startPoll);
          const startMs = athena.nowMs + 1000;
          athena.put("a", state, { startMs, lastModifiedMs: startMs + 1000 });
          // These sessions started a little later, so listings return them before the session.
          for (let index = 1; index <= others; index += 1) {
            athena.put(`s${index}`, "TERMINATED", { startMs: startMs + index, endMs: startMs + 2000 });
          }
          pollTimes(poller, pollsUntilEnd);
          athena.put("a", "TERMINATED");
          pollTimes(poller, 2 * RECONCILIATION_POLLS);
          const { started, ended, truncatedListings } = poller.tracker.counters;
          expect({ startPoll, pollsUntilEnd, started, ended: ended.TERMINATED, truncatedListings }).toEqual({
            startPoll,
            pollsUntilEnd,
            started: others + 1,
            ended: others + 1,
            truncatedListings: 0,
          });
        }
      }
    },
  );
});

describe("if the first poll makes only the unfiltered listing, which omits DEGRADED and TERMINATING sessions", () => {
  it.each([
    { state: "DEGRADED", endState: "FAILED", pollsUntilEnd: 0 },
    { state: "DEGRADED", endState: "TERMINATED", pollsUntilEnd: 1 },
    { state: "TERMINATING", endState: "TERMINATED", pollsUntilEnd: 0 },
    { state: "TERMINATING", endState: "FAILED", pollsUntilEnd: 2 },
    { state: "TERMINATING", endState: "TERMINATED", pollsUntilEnd: 4 },
  ] as const)(
    "a session that is $state at the first poll and $endState $pollsUntilEnd polls later is counted as ended once, and not as started",
    ({ state, endState, pollsUntilEnd }) => {
      const athena = new FakeAthena();
      omitDegradedAndTerminating(athena);
      putHistory(athena, 150);
      athena.put("a", state, { startMs: athena.nowMs - 2 * HOUR, lastModifiedMs: athena.nowMs - HOUR });
      const poller = new Poller(athena);
      poller.isScarce = true;
      poller.poll();
      pollTimes(poller, pollsUntilEnd);
      athena.nowMs += MINUTE / 2;
      athena.put("a", endState);
      pollTimes(poller, 2 * RECONCILIATION_POLLS);
      expect(poller.tracker.counters).toMatchObject({
        started: 0,
        degraded: 0,
        ended: ended({ [endState]: 1 }),
      });
    },
  );

  it("more than two pages of sessions that start and end before the first listing of their state are all counted", () => {
    const athena = new FakeAthena();
    const poller = new Poller(athena);
    poller.isScarce = true;
    poller.poll();
    for (let index = 0; index < 450; index += 1) {
      athena.put(`s${index}`, "FAILED", { startMs: athena.nowMs + 30_000 + index });
    }
    pollTimes(poller, RECONCILIATION_POLLS);
    expect(poller.tracker.counters).toMatchObject({ started: 450, ended: ended({ FAILED: 450 }) });
    expect(poller.tracker.counters.truncatedListings).toBe(0);
  });
});

describe("an error in the estimate of AWS' clock", () => {
  it.each([HOUR, -HOUR])("of %i ms at the first poll suppresses no later event", (clockErrorMs) => {
    const athena = new FakeAthena();
    athena.put("known", "IDLE");
    const poller = new Poller(athena);
    athena.clockErrorMs = clockErrorMs;
    poller.poll();
    athena.clockErrorMs = 0;
    athena.put("known", "TERMINATED");
    athena.put("new", "DEGRADED", { startMs: athena.nowMs + 1000, lastModifiedMs: athena.nowMs + 5000 });
    athena.put("short", "FAILED", { startMs: athena.nowMs + 1000, endMs: athena.nowMs + 9000 });
    pollTimes(poller, RECONCILIATION_POLLS);
    expect(poller.tracker.counters).toMatchObject({
      started: 2,
      degraded: 1,
      ended: ended({ TERMINATED: 1, FAILED: 1 }),
    });
  });
});

describe("the record of ended sessions", () => {
  it("is limited in size, and keeps the sessions that ended last", () => {
    const { athena, poller } = polledOnce();
    const count = MAX_REMEMBERED_ENDS / 2;
    for (const round of ["a", "b", "c"]) {
      for (let index = 0; index < count; index += 1) athena.put(`${round}${index}`, "IDLE");
      poller.poll();
      athena.pageSize = count;
      for (let index = 0; index < count; index += 1) athena.put(`${round}${index}`, "TERMINATED");
      poller.poll();
    }
    expect(poller.tracker.ended.size).toBe(MAX_REMEMBERED_ENDS);
    expect(poller.tracker.ended.get("a0")).toBeUndefined();
    expect(poller.tracker.ended.get(`c${count - 1}`)).toBeDefined();
    expect(poller.tracker.counters.ended.TERMINATED).toBe(3 * count);
  });

  it("prevents a session from being counted again while listings include it", () => {
    const { athena, poller } = polledOnce((athena) => athena.put("a", "IDLE"));
    athena.put("a", "TERMINATED");
    poller.poll();
    expect(poller.tracker.ended.get("a")).toMatchObject({ state: "TERMINATED" });
    pollTimes(poller, 4 * RECONCILIATION_POLLS);
    expect(poller.tracker.counters.ended.TERMINATED).toBe(1);
  });

  it("prevents a session that ended just after a step of AWS' clock, which no second response has confirmed yet, from being counted twice", () => {
    const stepMs = HOUR + MINUTE;
    const { athena, poller } = polledOnce((athena) => athena.put("a", "IDLE"));
    const endMs = athena.nowMs + stepMs;
    athena.put("a", "TERMINATED", { endMs, lastModifiedMs: endMs });
    poller.poll();
    athena.clockErrorMs = stepMs;
    poller.poll();
    expect(poller.tracker.ended.countAfter("TERMINATED", athena.nowMs + stepMs - HOUR)).toBe(1);
    pollTimes(poller, RECONCILIATION_POLLS);
    expect(poller.tracker.counters.ended.TERMINATED).toBe(1);
  });

  it("prevents a session without any timestamps from being counted twice", () => {
    const { athena, poller } = polledOnce();
    const withoutTimes: Session = { id: "a", state: "TERMINATED", description: "", engineVersion: "" };
    athena.sessions.set("a", withoutTimes);
    pollTimes(poller, 20 * RECONCILIATION_POLLS);
    expect(poller.tracker.counters).toMatchObject({ started: 1, ended: ended({ TERMINATED: 1 }) });
  });
});
