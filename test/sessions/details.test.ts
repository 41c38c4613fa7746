import { describe, expect, it } from "vitest";
import { takeSnapshot } from "../../src/snapshot/take-snapshot.ts";
import { FakeAthena, NOON, Poller } from "./fake-athena.ts";

function watched(maxDetailCalls = 10): { athena: FakeAthena; poller: Poller } {
  const athena = new FakeAthena();
  const poller = new Poller(athena);
  poller.maxDetailCalls = maxDetailCalls;
  return { athena, poller };
}

describe("where details are wanted", () => {
  it("each new session is asked for once, and its idle DPUs are its coordinator's", () => {
    const { athena, poller } = watched();
    athena.put("a", "IDLE");
    athena.details.set("a", {
      coordinatorDpus: 4,
      maxDpus: 20,
      idleTimeoutSeconds: 1200,
      executionRole: "arn:r",
    });
    poller.poll();
    expect(athena.calls.at(-1)).toBe("GetSession a");
    poller.poll();
    expect(athena.calls).toEqual(["unfiltered"]);
    expect(poller.tracker.counters.idleDpuSeconds).toBe(240);
    expect(takeSnapshot(poller.tracker, [], NOON)).toMatchObject({
      idleDpus: 4,
      rows: [{ id: "a", maxDpus: 20, idleTimeoutSeconds: 1200, executionRole: "arn:r" }],
    });
  });

  it("a lookup of an end tells what the session used, in the one call", () => {
    const { athena, poller } = watched();
    athena.put("a", "IDLE");
    poller.poll();
    athena.put("a", "TERMINATED");
    athena.details.set("a", { usedDpuSeconds: 90 });
    expect(poller.poll().events).toMatchObject([{ kind: "ended", usedDpuSeconds: 90 }]);
    expect(athena.calls).toEqual(["unfiltered", "GetSession a"]);
    expect(poller.tracker.counters.endedDpuSeconds).toBe(90);
    poller.poll();
    expect(athena.calls).toEqual(["unfiltered"]);
  });

  it("ends that listings told are asked for afterwards, a few a poll, and counted once", () => {
    const { athena, poller } = watched(10);
    for (let index = 0; index < 25; index += 1) {
      athena.put(`s${index}`, "BUSY");
      athena.details.set(`s${index}`, { usedDpuSeconds: 2 });
    }
    for (let polls = 0; polls < 4; polls += 1) poller.poll();
    for (let index = 0; index < 25; index += 1) athena.put(`s${index}`, "TERMINATED");
    const totals = Array.from({ length: 5 }, () => {
      poller.poll();
      return poller.tracker.counters.endedDpuSeconds;
    });
    expect(totals).toEqual([0, 20, 40, 50, 50]);
  });

  it("a poll is complete without them, and asks again", () => {
    const { athena, poller } = watched();
    athena.put("a", "IDLE");
    athena.areDetailsUnanswered = true;
    poller.poll();
    expect(poller.counts()).toEqual({ IDLE: 1 });
    athena.areDetailsUnanswered = false;
    poller.poll();
    expect(athena.calls).toEqual(["unfiltered", "GetSession a"]);
  });

  it("what ended before the first poll is not asked for", () => {
    const { athena, poller } = watched();
    athena.put("a", "TERMINATED");
    poller.poll();
    poller.poll();
    expect(athena.calls).toEqual(["unfiltered"]);
    expect(poller.tracker.counters.endedDpuSeconds).toBe(0);
  });
});

it("where they are not wanted GetSession is never called", () => {
  const { athena, poller } = watched(0);
  athena.put("a", "IDLE");
  poller.poll();
  athena.put("a", "TERMINATED");
  poller.poll();
  expect(athena.calls).toEqual(["unfiltered", "GetSessionStatus a"]);
});
