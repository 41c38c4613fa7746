import { describe, expect, it, test } from "vitest";
import { FakeAthena, MINUTE, Poller, RECONCILIATION_POLLS, polledOnce } from "./fake-athena.ts";

describe("the first poll", () => {
  it("lists every active state that an unfiltered listing may omit, and leaves ended sessions to the second poll", () => {
    const athena = new FakeAthena();
    const poller = new Poller(athena);
    const calls = Array.from({ length: 3 }, () => {
      poller.poll();
      return athena.calls.join(" ");
    });
    expect(calls).toEqual(["unfiltered DEGRADED TERMINATING", "unfiltered FAILED TERMINATED", "unfiltered"]);
  });

  it("is followed by one that takes no session that ended before for an event", () => {
    const athena = new FakeAthena();
    athena.put("before", "FAILED");
    const poller = new Poller(athena);
    poller.poll();
    athena.put("after", "FAILED", { startMs: athena.nowMs + 1000, endMs: athena.nowMs + 9000 });
    const { events } = poller.poll();
    expect(events.map(({ kind, session }) => `${session.id} ${kind}`)).toEqual([
      "after started",
      "after ended",
    ]);
    expect(["before", "after"].map((id) => poller.tracker.ended.get(id)?.state)).toEqual([
      "FAILED",
      "FAILED",
    ]);
  });

  it("takes at most eight requests, however long the history of ended sessions", () => {
    const { athena } = polledOnce((athena) => {
      for (let index = 0; index < 5000; index += 1) athena.put(`t${index}`, "TERMINATED");
      for (let index = 0; index < 5000; index += 1) athena.put(`f${index}`, "FAILED");
    });
    expect(athena.calls).toHaveLength(7);
  });

  it("counts no events: the sessions that it finds are the baseline", () => {
    const athena = new FakeAthena();
    for (const state of ["IDLE", "DEGRADED", "TERMINATED", "FAILED"] as const) athena.put(state, state);
    const poller = new Poller(athena);
    expect(poller.poll().events).toEqual([]);
    expect(poller.counts()).toEqual({ IDLE: 1, DEGRADED: 1 });
    expect(poller.tracker.counters).toMatchObject({ started: 0, degraded: 0, idleDpuSeconds: 0 });
  });
});

test("sessions that stay as they are stay the same objects from poll to poll, so that a poll of many makes little garbage", () => {
  const athena = new FakeAthena();
  for (const state of ["IDLE", "BUSY", "DEGRADED", "CREATING"] as const) athena.put(state, state);
  const poller = new Poller(athena);
  poller.poll();
  poller.poll();
  const before = poller.tracker.active;
  poller.poll([]);
  expect(poller.tracker.active).toBe(before);
  athena.put("BUSY", "IDLE");
  poller.poll([]);
  const changed = [...before].filter(([id, session]) => poller.tracker.active.get(id) !== session);
  expect(changed.map(([id]) => id)).toEqual(["BUSY"]);
});

describe("if the rate limit does not suffice for complete first polls", () => {
  it("the first poll is one request, and later polls list the states that it omits, one state per poll", () => {
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
    expect(poller.tracker.ended.size).toBe(1);
    expect(poller.tracker.ended.get("TERMINATED")).toBeDefined();
  });

  it("a session that ends after the first poll is counted by the first listing of its state", () => {
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

describe("the requests of a poll", () => {
  it("are 1.125 on average while no session ends", () => {
    const { athena, poller } = polledOnce((athena) => athena.put("a", "BUSY"));
    let calls = 0;
    for (let polls = 0; polls < 240; polls += 1) {
      poller.poll();
      calls += athena.calls.length;
    }
    expect(calls / 240).toBe(1 + 1 / 8);
  });

  it("are one more for a session that ended", () => {
    const { athena, poller } = polledOnce((athena) => athena.put("a", "BUSY"));
    athena.put("a", "TERMINATED");
    poller.poll();
    expect(athena.calls).toEqual(["unfiltered", "GetSessionStatus a"]);
  });

  it("are few if hundreds of sessions end at once", () => {
    const { athena, poller } = polledOnce((athena) => {
      for (let index = 0; index < 300; index += 1) athena.put(`s${index}`, "IDLE");
    });
    for (let index = 0; index < 300; index += 1) athena.put(`s${index}`, "TERMINATED");
    poller.poll();
    expect(athena.calls).toEqual(["unfiltered", "TERMINATED", "TERMINATED", "TERMINATED"]);
    expect(poller.tracker.counters.ended.TERMINATED).toBe(300);
  });

  it("include at most 50 lookups, and the other sessions keep their state until the next poll", () => {
    const { athena, poller } = polledOnce((athena) => {
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

  it("include one reconciliation listing every eighth poll, each in turn", () => {
    const { athena, poller } = polledOnce();
    const filters: string[] = [];
    for (let polls = 0; polls < RECONCILIATION_POLLS; polls += 1) {
      poller.poll();
      filters.push(...athena.calls.slice(1));
    }
    expect(filters).toEqual(["DEGRADED", "TERMINATING", "FAILED", "TERMINATED"]);
  });

  it("include a reconciliation listing earlier if eight polls take longer than the reconcile interval", () => {
    const { athena, poller } = polledOnce();
    poller.reconcileIntervalMs = 3 * MINUTE;
    const isListing = Array.from({ length: 9 }, () => {
      poller.poll();
      return athena.calls.length > 1;
    });
    expect(isListing).toEqual([false, false, true, false, false, true, false, false, true]);
  });
});

describe.each([{ hidden: [] }, { hidden: ["DEGRADED", "TERMINATING"] }] as const)(
  "if unfiltered listings omit $hidden",
  ({ hidden }) => {
    it("a session that was listed has the correct state at every later poll", () => {
      const { athena, poller } = polledOnce((athena) => {
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

    it("a session that becomes DEGRADED before its first listing is found by a reconciliation listing, and counted once", () => {
      const { athena, poller } = polledOnce((athena) => {
        for (const state of hidden) athena.hidden.add(state);
      });
      athena.put("a", "DEGRADED", { startMs: athena.nowMs + 1000, lastModifiedMs: athena.nowMs + 5000 });
      for (let polls = 0; polls < RECONCILIATION_POLLS; polls += 1) poller.poll();
      expect(poller.counts()).toEqual({ DEGRADED: 1 });
      expect(poller.tracker.counters).toMatchObject({ started: 1, degraded: 1 });
    });
  },
);

describe("life-cycle events", () => {
  it("count a session that starts and ends between two polls, by the next reconciliation listing of its state", () => {
    const { athena, poller } = polledOnce();
    athena.put("a", "TERMINATED", { startMs: athena.nowMs + 5000, endMs: athena.nowMs + 20_000 });
    const events = Array.from({ length: RECONCILIATION_POLLS }, () => poller.poll().events).flat();
    expect(events.map(({ kind }) => kind)).toEqual(["started", "ended"]);
    for (let polls = 0; polls < 60; polls += 1) poller.poll();
    expect(poller.tracker.counters).toMatchObject({ started: 1, ended: { TERMINATED: 1 } });
  });

  it("are not counted again after an outdated listing that shows an ended session as active", () => {
    const { athena, poller } = polledOnce((athena) => athena.put("a", "IDLE"));
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

  it("include the age and the idle time of a session when it ended", () => {
    const { athena, poller } = polledOnce((athena) => athena.put("a", "IDLE", { description: "dbt run" }));
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

  it("are limited to the pages of a reconciliation listing, and the truncation is counted", () => {
    const { athena, poller } = polledOnce();
    for (let index = 0; index < 600; index += 1)
      athena.put(`s${index}`, "FAILED", { startMs: athena.nowMs + 1 });
    for (let polls = 0; polls < RECONCILIATION_POLLS; polls += 1) poller.poll();
    expect(poller.tracker.counters.truncatedListings).toBe(1);
    expect(poller.tracker.counters.ended.FAILED).toBe(500);
  });
});

describe("responses that contradict the API", () => {
  it("fail the poll if a NextToken is repeated, and change nothing", () => {
    const athena = new FakeAthena();
    const poller = new Poller(athena);
    athena.answer = () => ({
      kind: "page",
      page: { sessions: [], nextToken: "same" },
    });
    const before = poller.tracker;
    expect(() => poller.poll()).toThrow(/repeats a NextToken/);
    expect(poller.tracker).toBe(before);
  });

  it("fail the poll if a listing does not end after 200 pages", () => {
    const athena = new FakeAthena();
    let page = 0;
    athena.answer = () => ({
      kind: "page",
      page: { sessions: [], nextToken: String((page += 1)) },
    });
    expect(() => new Poller(athena).poll()).toThrow(/not ended after 200 pages/);
  });

  it("with sessions that have no id count these as UNKNOWN, and track none of them", () => {
    const { athena, poller } = polledOnce();
    const unidentified = { id: "", state: "UNKNOWN", description: "", engineVersion: "" } as const;
    const answer = athena.answer.bind(athena);
    athena.answer = (call) =>
      call.operation === "ListSessions" && call.stateFilter === undefined
        ? { kind: "page", page: { sessions: [unidentified, unidentified] } }
        : answer(call);
    poller.poll();
    expect(poller.tracker.unidentified).toEqual(["UNKNOWN", "UNKNOWN"]);
    poller.poll();
    expect(athena.calls).toEqual([]);
    expect(poller.tracker.counters.started).toBe(0);
  });
});
