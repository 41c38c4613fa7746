import { describe, expect, it } from "vitest";
import { FakeAthena, MINUTE, Poller, watched } from "./fake-athena.ts";

describe("the first poll", () => {
  it("asks for all that an unfiltered listing may leave out, in the order of a session's life", () => {
    const { athena } = watched();
    expect(athena.calls).toEqual(["unfiltered", "DEGRADED", "TERMINATING", "FAILED", "TERMINATED"]);
  });

  it("makes at most eight calls, however long the history of ended sessions", () => {
    const { athena } = watched((athena) => {
      for (let index = 0; index < 5000; index += 1) athena.put(`t${index}`, "TERMINATED");
      for (let index = 0; index < 5000; index += 1) athena.put(`f${index}`, "FAILED");
    });
    expect(athena.calls).toHaveLength(7);
  });

  it("counts nothing: what it finds is the baseline", () => {
    const athena = new FakeAthena();
    for (const state of ["IDLE", "DEGRADED", "TERMINATED", "FAILED"] as const) athena.put(state, state);
    const poller = new Poller(athena);
    expect(poller.poll().events).toEqual([]);
    expect(poller.counts()).toEqual({ IDLE: 1, DEGRADED: 1 });
    expect(poller.tracker.counters).toMatchObject({ started: 0, degraded: 0, idleDpuSeconds: 0 });
  });
});

describe("where calls are scarce at the start", () => {
  it("the first poll is one call, and what it leaves out is asked for one by one", () => {
    const athena = new FakeAthena();
    athena.hidden.add("DEGRADED");
    for (const state of ["IDLE", "DEGRADED", "TERMINATED"] as const) athena.put(state, state);
    const poller = new Poller(athena);
    poller.isScarce = true;
    const calls = Array.from({ length: 6 }, () => {
      poller.poll();
      return athena.calls.join(" ");
    });
    expect(calls).toEqual([
      "unfiltered",
      "unfiltered DEGRADED",
      "unfiltered TERMINATING GetSessionStatus DEGRADED",
      "unfiltered FAILED GetSessionStatus DEGRADED",
      "unfiltered TERMINATED GetSessionStatus DEGRADED",
      "unfiltered GetSessionStatus DEGRADED",
    ]);
    expect(poller.counts()).toEqual({ IDLE: 1, DEGRADED: 1 });
    expect(poller.tracker.counters).toMatchObject({ started: 0, degraded: 0, ended: { TERMINATED: 0 } });
    expect([...poller.tracker.ended.keys()]).toEqual(["TERMINATED"]);
  });

  it("what ended after the first poll is counted by the put-off listing", () => {
    const athena = new FakeAthena();
    const poller = new Poller(athena);
    poller.isScarce = true;
    poller.poll();
    athena.put("a", "FAILED", { startMs: athena.nowMs + 1000, endMs: athena.nowMs + 9000 });
    poller.isScarce = false;
    poller.poll();
    expect(poller.tracker.counters).toMatchObject({ started: 1, ended: { FAILED: 1 } });
  });
});

describe("the calls of a poll", () => {
  it("are at most 1.2 on average where nothing ends", () => {
    const { athena, poller } = watched((athena) => athena.put("a", "BUSY"));
    let calls = 0;
    for (let polls = 0; polls < 240; polls += 1) {
      poller.poll();
      calls += athena.calls.length;
    }
    expect(calls / 240).toBe(1.125);
  });

  it("are one more for a session that ended", () => {
    const { athena, poller } = watched((athena) => athena.put("a", "BUSY"));
    athena.put("a", "TERMINATED");
    poller.poll();
    expect(athena.calls).toEqual(["unfiltered", "GetSessionStatus a"]);
  });

  it("are few for hundreds that end at once", () => {
    const { athena, poller } = watched((athena) => {
      for (let index = 0; index < 300; index += 1) athena.put(`s${index}`, "IDLE");
    });
    for (let index = 0; index < 300; index += 1) athena.put(`s${index}`, "TERMINATED");
    poller.poll();
    expect(athena.calls).toEqual(["unfiltered", "TERMINATED", "TERMINATED", "TERMINATED"]);
    expect(poller.tracker.counters.ended.TERMINATED).toBe(300);
  });

  it("bound the lookups of one poll, and the rest keeps its state until the next", () => {
    const { athena, poller } = watched((athena) => {
      for (let index = 0; index < 120; index += 1) athena.put(`s${index}`, "BUSY");
    });
    for (let index = 0; index < 120; index += 1) {
      athena.put(`s${index}`, "DEGRADED");
      athena.dropped.add(`s${index}`);
    }
    poller.poll();
    expect(athena.calls.filter((call) => call.startsWith("GetSessionStatus"))).toHaveLength(50);
    expect(poller.counts()).toEqual({ DEGRADED: 50, BUSY: 70 });
  });

  it("take the reconciling filters in turn, one every eighth poll", () => {
    const { athena, poller } = watched();
    const filters: string[] = [];
    for (let polls = 0; polls < 32; polls += 1) {
      poller.poll();
      filters.push(...athena.calls.slice(1));
    }
    expect(filters).toEqual(["FAILED", "TERMINATED", "DEGRADED", "FAILED"]);
  });

  it("carry a reconciling filter sooner where eight polls would take longer than the reconcile interval", () => {
    const { athena, poller } = watched();
    poller.reconcileIntervalMs = 3 * MINUTE;
    const carrying = Array.from({ length: 9 }, () => {
      poller.poll();
      return athena.calls.length > 1;
    });
    expect(carrying).toEqual([false, false, true, false, false, true, false, false, true]);
  });
});

describe.each([{ hidden: [] }, { hidden: ["DEGRADED", "TERMINATING"] }] as const)(
  "where an unfiltered listing hides $hidden",
  ({ hidden }) => {
    it("every state is right one poll after a session was listed", () => {
      const { athena, poller } = watched((athena) => {
        for (const state of hidden) athena.hidden.add(state);
        for (const id of ["a", "b", "c"]) athena.put(id, "IDLE");
      });
      athena.put("a", "DEGRADED");
      athena.put("b", "TERMINATING");
      poller.poll();
      expect(poller.counts()).toEqual({ IDLE: 1, DEGRADED: 1, TERMINATING: 1 });
      for (let polls = 0; polls < 30; polls += 1) poller.poll();
      expect(poller.counts()).toEqual({ IDLE: 1, DEGRADED: 1, TERMINATING: 1 });
      athena.put("a", "TERMINATED");
      athena.put("b", "FAILED");
      poller.poll();
      expect(poller.counts()).toEqual({ IDLE: 1 });
      expect(poller.tracker.counters).toMatchObject({ degraded: 1, ended: { TERMINATED: 1, FAILED: 1 } });
    });

    it("a session that was degraded before any poll saw it is found by reconciling, and counted once", () => {
      const { athena, poller } = watched((athena) => {
        for (const state of hidden) athena.hidden.add(state);
      });
      athena.put("a", "DEGRADED", { startMs: athena.nowMs + 1000, lastModifiedMs: athena.nowMs + 5000 });
      for (let polls = 0; polls < 24; polls += 1) poller.poll();
      expect(poller.counts()).toEqual({ DEGRADED: 1 });
      expect(poller.tracker.counters).toMatchObject({ started: 1, degraded: 1 });
    });
  },
);

describe("life-cycle events", () => {
  it("count a session that was born and died between two polls, by the next reconciling listing", () => {
    const { athena, poller } = watched();
    athena.put("a", "TERMINATED", { startMs: athena.nowMs + 5000, endMs: athena.nowMs + 20_000 });
    const events = Array.from({ length: 24 }, () => poller.poll().events).flat();
    expect(events.map(({ kind }) => kind)).toEqual(["started", "ended"]);
    for (let polls = 0; polls < 60; polls += 1) poller.poll();
    expect(poller.tracker.counters).toMatchObject({ started: 1, ended: { TERMINATED: 1 } });
  });

  it("are not made of what an ended session's late listing shows", () => {
    const { athena, poller } = watched((athena) => athena.put("a", "IDLE"));
    const asIdle = athena.sessions.get("a");
    athena.put("a", "TERMINATED");
    poller.poll();
    if (asIdle !== undefined) athena.sessions.set("a", asIdle);
    poller.poll();
    expect(poller.counts()).toEqual({});
    athena.put("a", "TERMINATED");
    poller.poll();
    expect(poller.tracker.counters).toMatchObject({ started: 0, ended: { TERMINATED: 1 } });
  });

  it("say how old and how long idle a session was when it ended", () => {
    const { athena, poller } = watched((athena) => athena.put("a", "IDLE", { description: "dbt run" }));
    athena.put("a", "TERMINATED", { endMs: athena.nowMs + 30_000, stateReason: "per request" });
    expect(poller.poll().events).toMatchObject([
      {
        kind: "ended",
        endState: "TERMINATED",
        ageSeconds: 90,
        idleSeconds: 90,
        session: { id: "a", description: "dbt run", stateReason: "per request" },
      },
    ]);
  });

  it("tell when a listing of history was cut short", () => {
    const { athena, poller } = watched();
    for (let index = 0; index < 600; index += 1)
      athena.put(`s${index}`, "FAILED", { startMs: athena.nowMs + 1 });
    for (let polls = 0; polls < 8; polls += 1) poller.poll();
    expect(poller.tracker.counters.truncatedListings).toBe(1);
    expect(poller.tracker.counters.ended.FAILED).toBe(500);
  });
});

describe("answers that cannot be true", () => {
  it("end the poll where a token is repeated, and change nothing", () => {
    const athena = new FakeAthena();
    const poller = new Poller(athena);
    athena.answer = () => ({ kind: "page", sessions: [], nextToken: "same", requestedAtMs: 0 });
    const before = poller.tracker;
    expect(() => poller.poll()).toThrow(/repeats a NextToken/);
    expect(poller.tracker).toBe(before);
  });

  it("end the poll where tokens never end", () => {
    const athena = new FakeAthena();
    let page = 0;
    athena.answer = () => ({ kind: "page", sessions: [], nextToken: String((page += 1)), requestedAtMs: 0 });
    expect(() => new Poller(athena).poll()).toThrow(/not ended after 200 pages/);
  });

  it("count sessions without an id or a state, and follow none of them", () => {
    const { athena, poller } = watched();
    const nameless = { id: "", state: "UNKNOWN", description: "", engineVersion: "" } as const;
    const answer = athena.answer.bind(athena);
    athena.answer = (call) =>
      call.operation === "ListSessions" && call.stateFilter === undefined
        ? { kind: "page", sessions: [nameless, nameless], requestedAtMs: athena.nowMs }
        : answer(call);
    poller.poll();
    expect(poller.tracker.unidentified).toEqual(["UNKNOWN", "UNKNOWN"]);
    poller.poll();
    expect(athena.calls).toEqual([]);
    expect(poller.tracker.counters.started).toBe(0);
  });
});
