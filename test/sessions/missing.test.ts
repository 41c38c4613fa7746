import { describe, expect, it } from "vitest";
import { watched } from "./fake-athena.ts";

describe("a session that no listing shows", () => {
  it("lives on while a lookup finds it", () => {
    const { athena, poller } = watched((athena) => athena.put("a", "IDLE"));
    athena.dropped.add("a");
    for (let polls = 0; polls < 20; polls += 1) poller.poll();
    expect(poller.counts()).toEqual({ IDLE: 1 });
    expect(poller.tracker.counters.ended).toEqual({ TERMINATED: 0, FAILED: 0, UNKNOWN: 0 });
  });

  it("has ended, nobody knows how, when Athena knows nothing of it twice in a row", () => {
    const { athena, poller } = watched((athena) => athena.put("a", "IDLE"));
    athena.unknown.add("a");
    expect(poller.poll().events).toEqual([]);
    expect(poller.counts()).toEqual({ IDLE: 1 });
    expect(poller.poll().events).toMatchObject([{ kind: "ended", endState: "UNKNOWN" }]);
    expect(poller.counts()).toEqual({});
  });

  it("is not ended by being unknown now and then", () => {
    const { athena, poller } = watched((athena) => athena.put("a", "IDLE"));
    for (let turn = 0; turn < 5; turn += 1) {
      athena.unknown.add("a");
      poller.poll();
      athena.unknown.delete("a");
      poller.poll();
    }
    expect(poller.counts()).toEqual({ IDLE: 1 });
    expect(poller.tracker.counters.ended.UNKNOWN).toBe(0);
  });

  it("comes back to life, and its end is counted once", () => {
    const { athena, poller } = watched((athena) => athena.put("a", "IDLE"));
    athena.unknown.add("a");
    poller.poll();
    poller.poll();
    athena.unknown.delete("a");
    poller.poll();
    expect(poller.counts()).toEqual({ IDLE: 1 });
    athena.put("a", "TERMINATED");
    poller.poll();
    expect(poller.counts()).toEqual({});
    expect(poller.tracker.counters).toMatchObject({
      started: 0,
      ended: { TERMINATED: 0, FAILED: 0, UNKNOWN: 1 },
    });
  });
});

describe("where lookups are denied", () => {
  it("filters tell of an end, and it is said once that lookups are denied", () => {
    const { athena, poller } = watched((athena) => {
      athena.isLookupDenied = true;
      athena.put("a", "IDLE");
      athena.put("b", "IDLE");
    });
    athena.put("a", "TERMINATED");
    expect(poller.poll().lookupsDenied).toBe(true);
    expect(poller.tracker.counters.ended.TERMINATED).toBe(1);
    athena.put("b", "FAILED");
    expect(poller.poll().lookupsDenied).toBe(false);
    expect(poller.tracker.counters.ended.FAILED).toBe(1);
    expect(athena.calls).not.toContain("GetSessionStatus b");
  });

  it("a session that no filter shows has ended after three absences, and that can be taken back", () => {
    const { athena, poller } = watched((athena) => {
      athena.isLookupDenied = true;
      athena.put("a", "IDLE");
    });
    athena.dropped.add("a");
    poller.poll();
    poller.poll();
    expect(poller.counts()).toEqual({ IDLE: 1 });
    poller.poll();
    expect(poller.counts()).toEqual({});
    expect(poller.tracker.counters.ended.UNKNOWN).toBe(1);
    athena.dropped.clear();
    poller.poll();
    expect(poller.counts()).toEqual({ IDLE: 1 });
    expect(poller.tracker.counters.started).toBe(0);
  });

  it("they are tried again after an hour of polls", () => {
    const { athena, poller } = watched((athena) => {
      athena.isLookupDenied = true;
      athena.put("a", "IDLE");
      athena.put("b", "IDLE");
    });
    athena.put("a", "TERMINATED");
    poller.poll();
    athena.isLookupDenied = false;
    for (let polls = 0; polls < 60; polls += 1) poller.poll();
    athena.put("b", "TERMINATED");
    poller.poll();
    expect(athena.calls).toContain("GetSessionStatus b");
  });
});
