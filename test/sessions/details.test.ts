import { describe, expect, it } from "vitest";
import { RECONCILIATION_FILTERS } from "../../src/sessions/reconciliation.ts";
import { takeSnapshot } from "../../src/snapshot/snapshot.ts";
import { DEFAULT_THRESHOLDS } from "../thresholds.ts";
import { FakeAthena, NOON, Poller } from "./fake-athena.ts";

function withDetails(maxDetailCalls = 10): { athena: FakeAthena; poller: Poller } {
  const athena = new FakeAthena();
  const poller = new Poller(athena);
  poller.maxDetailCalls = maxDetailCalls;
  return { athena, poller };
}

describe("if details are enabled", () => {
  it("GetSession is called once for each new session, whose idle DPUs are those of its coordinator", () => {
    const { athena, poller } = withDetails();
    athena.put("a", "IDLE");
    athena.details.set("a", {
      coordinatorDpus: 4,
      maxDpus: 20,
      idleTimeoutSeconds: 1200,
      executionRole: "arn:r",
    });
    poller.poll(RECONCILIATION_FILTERS);
    expect(athena.calls.at(-1)).toBe("GetSession a");
    poller.poll();
    expect(athena.calls).toEqual(["unfiltered"]);
    expect(poller.tracker.counters.idleDpuSeconds).toBe(240);
    expect(takeSnapshot(poller.tracker, [], DEFAULT_THRESHOLDS.seconds, NOON)).toMatchObject({
      idleDpus: 4,
      rows: [{ id: "a", maxDpus: 20, idleTimeoutSeconds: 1200, executionRole: "arn:r" }],
    });
  });

  it("GetSession is called once for a session that ended, in the same poll, to count the DPU-seconds that it used", () => {
    const { athena, poller } = withDetails();
    athena.put("a", "IDLE");
    poller.poll(RECONCILIATION_FILTERS);
    athena.put("a", "TERMINATED");
    athena.details.set("a", { usedDpuSeconds: 90 });
    expect(poller.poll().events).toMatchObject([{ kind: "ended", usedDpuSeconds: 90 }]);
    expect(athena.calls).toEqual(["unfiltered", "GetSessionStatus a", "GetSession a"]);
    expect(poller.tracker.counters.endedDpuSeconds).toBe(90);
    poller.poll();
    expect(athena.calls).toEqual(["unfiltered"]);
  });

  it("the DPU-seconds of many sessions that end at once are read over several polls, and counted once", () => {
    const { athena, poller } = withDetails(10);
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
    expect(totals).toEqual([20, 40, 50, 50, 50]);
  });

  it("a poll in which GetSession fails succeeds without details, and the next poll calls it again", () => {
    const { athena, poller } = withDetails();
    athena.put("a", "IDLE");
    athena.doDetailsFail = true;
    poller.poll(RECONCILIATION_FILTERS);
    expect(poller.counts()).toEqual({ IDLE: 1 });
    athena.doDetailsFail = false;
    poller.poll();
    expect(athena.calls).toEqual(["unfiltered", "GetSession a"]);
  });

  it("an ended session that GetSession does not find does not prevent calls for the others", () => {
    const { athena, poller } = withDetails(2);
    for (const id of ["a", "b", "c", "d"]) athena.put(id, "BUSY");
    poller.poll();
    poller.poll();
    athena.doDetailsFail = true;
    for (const id of ["a", "b", "c", "d"]) {
      athena.put(id, "TERMINATED");
      athena.details.set(id, { usedDpuSeconds: 5 });
    }
    poller.poll();
    athena.doDetailsFail = false;
    athena.withoutDetails.add("a").add("b");
    poller.poll();
    poller.poll();
    expect(poller.tracker.counters.endedDpuSeconds).toBe(10);
    poller.poll();
    expect(athena.calls).toEqual(["unfiltered"]);
  });

  it("GetSession is not called for sessions that ended before the first poll", () => {
    const { athena, poller } = withDetails();
    athena.put("a", "TERMINATED");
    poller.poll();
    poller.poll();
    expect(athena.calls).toEqual(["unfiltered", "FAILED", "TERMINATED"]);
    expect(poller.tracker.counters.endedDpuSeconds).toBe(0);
  });
});

it("GetSession is never called if details are disabled", () => {
  const { athena, poller } = withDetails(0);
  athena.put("a", "IDLE");
  poller.poll(RECONCILIATION_FILTERS);
  athena.put("a", "TERMINATED");
  poller.poll();
  expect(athena.calls).toEqual(["unfiltered", "GetSessionStatus a"]);
});
