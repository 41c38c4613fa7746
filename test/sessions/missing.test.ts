import { describe, expect, it } from "vitest";
import { polledOnce } from "./fake-athena.ts";

describe("a session that listings omit", () => {
  it("stays active while lookups find it", () => {
    const { athena, poller } = polledOnce((athena) => athena.put("a", "IDLE"));
    athena.dropped.add("a");
    for (let polls = 0; polls < 20; polls += 1) poller.poll();
    expect(poller.counts()).toEqual({ IDLE: 1 });
    expect(poller.tracker.counters.ended).toEqual({ TERMINATED: 0, FAILED: 0, UNKNOWN: 0 });
  });

  it("has ended in the state UNKNOWN after two lookups in a row do not find it", () => {
    const { athena, poller } = polledOnce((athena) => athena.put("a", "IDLE"));
    athena.unknown.add("a");
    expect(poller.poll().events).toEqual([]);
    expect(poller.counts()).toEqual({ IDLE: 1 });
    expect(poller.poll().events).toMatchObject([{ kind: "ended", endState: "UNKNOWN" }]);
    expect(poller.counts()).toEqual({});
  });

  it("stays active if single lookups do not find it", () => {
    const { athena, poller } = polledOnce((athena) => athena.put("a", "IDLE"));
    for (let turn = 0; turn < 5; turn += 1) {
      athena.unknown.add("a");
      poller.poll();
      athena.unknown.delete("a");
      poller.poll();
    }
    expect(poller.counts()).toEqual({ IDLE: 1 });
    expect(poller.tracker.counters.ended.UNKNOWN).toBe(0);
  });

  it("is active again when a listing includes it again, and its end is counted once", () => {
    const { athena, poller } = polledOnce((athena) => athena.put("a", "IDLE"));
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
