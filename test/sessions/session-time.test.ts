import { describe, expect, it } from "vitest";
import { FakeAthena, MINUTE, NOON, Poller, polledOnce } from "./fake-athena.ts";

/** Polls before and after `change`, which happens half a minute after the first poll, and returns the counted seconds. */
function secondsBetweenPolls(before: (athena: FakeAthena) => void, change: (athena: FakeAthena) => void) {
  const athena = new FakeAthena();
  before(athena);
  const poller = new Poller(athena);
  poller.poll();
  athena.nowMs += MINUTE / 2;
  change(athena);
  athena.nowMs -= MINUTE / 2;
  poller.poll();
  const { sessionSeconds, idleDpuSeconds } = poller.tracker.counters;
  const counted = Object.entries(sessionSeconds).filter(([, seconds]) => seconds > 0);
  return { ...Object.fromEntries(counted), idleDpuSeconds };
}

const unchanged = () => {};

describe("session-seconds between two polls a minute apart", () => {
  it("are counted for the state that does not change", () => {
    expect(secondsBetweenPolls((athena) => athena.put("a", "BUSY"), unchanged)).toEqual({
      BUSY: 60,
      idleDpuSeconds: 0,
    });
  });

  it("of an idle session are also counted as idle DPU-seconds", () => {
    expect(secondsBetweenPolls((athena) => athena.put("a", "IDLE"), unchanged)).toEqual({
      IDLE: 60,
      idleDpuSeconds: 60,
    });
  });

  it("are split at the time at which the state changed", () => {
    const change = (athena: FakeAthena) => athena.put("a", "IDLE");
    expect(secondsBetweenPolls((athena) => athena.put("a", "BUSY"), change)).toEqual({
      BUSY: 30,
      IDLE: 30,
      idleDpuSeconds: 30,
    });
  });

  it("of an idle session whose IdleSinceDateTime is later than before are counted as BUSY in between", () => {
    const change = (athena: FakeAthena) => athena.put("a", "IDLE");
    expect(secondsBetweenPolls((athena) => athena.put("a", "IDLE"), change)).toEqual({
      BUSY: 30,
      IDLE: 30,
      idleDpuSeconds: 30,
    });
  });

  it("end when the session ended", () => {
    const change = (athena: FakeAthena) => athena.put("a", "TERMINATED");
    expect(secondsBetweenPolls((athena) => athena.put("a", "IDLE"), change)).toEqual({
      IDLE: 30,
      idleDpuSeconds: 30,
    });
  });

  it("start when the session started", () => {
    expect(secondsBetweenPolls(unchanged, (athena) => athena.put("a", "CREATING"))).toEqual({
      CREATING: 30,
      idleDpuSeconds: 0,
    });
  });

  it("are those of the state that a listing shows, though AWS' clock was set back, once no listing can lag for so long", () => {
    const athena = new FakeAthena();
    athena.put("a", "IDLE");
    const poller = new Poller(athena);
    poller.poll();
    athena.put("a", "BUSY", { lastModifiedMs: NOON - MINUTE });
    const states = [1, 2, 3].map(() => {
      poller.poll();
      return poller.tracker.active.get("a")?.state;
    });
    expect(states).toEqual(["IDLE", "IDLE", "BUSY"]);
  });

  it("of a session that is no longer found are not counted", () => {
    const athena = new FakeAthena();
    athena.put("a", "IDLE");
    const poller = new Poller(athena);
    poller.poll();
    athena.unknown.add("a");
    poller.poll();
    poller.poll();
    expect(poller.tracker.counters.idleDpuSeconds).toBe(0);
  });
});

describe("session-seconds across failed polls", () => {
  it("are counted by the next successful poll, and split at IdleSinceDateTime", () => {
    const athena = new FakeAthena();
    athena.put("a", "BUSY");
    const poller = new Poller(athena);
    poller.poll();
    athena.nowMs += 3 * MINUTE;
    athena.put("a", "IDLE");
    athena.nowMs += 6 * MINUTE;
    poller.poll();
    expect(poller.tracker.counters).toMatchObject({
      sessionSeconds: { BUSY: 180, IDLE: 420 },
      idleDpuSeconds: 420,
    });
  });

  it("of a session that was missing in between are counted when it is found again", () => {
    const athena = new FakeAthena();
    athena.put("a", "IDLE");
    const poller = new Poller(athena);
    poller.poll();
    athena.unknown.add("a");
    poller.poll();
    athena.unknown.delete("a");
    poller.poll();
    expect(poller.tracker.counters.idleDpuSeconds).toBe(120);
  });
});

describe("in a poll whose requests take a minute and a half, with a session that only the second request shows", () => {
  /** Polls an IDLE session, then calls `change` a minute after the unfiltered listing, which omits the session, and before its lookup. */
  function pollSlowly(change: (athena: FakeAthena) => void) {
    const { athena, poller } = polledOnce((prepared) => prepared.put("a", "IDLE"));
    athena.dropped.add("a");
    athena.callMs = 1.5 * MINUTE;
    const answer = athena.answer.bind(athena);
    athena.answer = (call) => {
      if (call.operation === "GetSessionStatus") {
        athena.nowMs -= MINUTE / 2;
        change(athena);
        athena.nowMs += MINUTE / 2;
      }
      return answer(call);
    };
    poller.poll();
    athena.answer = answer;
    return { athena, poller, changedMs: NOON + 3 * MINUTE };
  }

  it("a change of state is dated when it happened, and later polls count the rest", () => {
    const { poller, changedMs } = pollSlowly((athena) => athena.put("a", "BUSY"));
    expect(poller.tracker.active.get("a")).toMatchObject({ state: "BUSY", sinceMs: changedMs });
    expect(poller.tracker.counters.sessionSeconds).toMatchObject({ IDLE: 120, BUSY: 30 });
    // The next lookup is sent 4 minutes after this one.
    poller.poll();
    expect(poller.tracker.counters.sessionSeconds).toMatchObject({ IDLE: 120, BUSY: 270 });
  });

  it("an end is dated when it happened", () => {
    const { poller, changedMs } = pollSlowly((athena) => athena.put("a", "TERMINATED"));
    expect(poller.tracker.ended.get("a")).toMatchObject({ endMs: changedMs });
    expect(poller.tracker.counters.sessionSeconds.IDLE).toBe(120);
  });

  it("a time in the future becomes the time of the response", () => {
    const future = { idleSinceMs: NOON + 60 * MINUTE };
    const { poller } = pollSlowly((athena) => athena.put("a", "IDLE", future));
    expect(poller.tracker.active.get("a")?.sinceMs).toBe(NOON + 3.5 * MINUTE);
  });
});

describe("a step of AWS' clock", () => {
  it.each([60 * MINUTE, -60 * MINUTE])(
    "by %i ms changes no sum of session-seconds, and decreases no counter",
    (stepMs) => {
      const athena = new FakeAthena();
      athena.put("a", "IDLE");
      const poller = new Poller(athena);
      poller.poll();
      athena.clockErrorMs = stepMs;
      poller.poll();
      const stepped = poller.tracker.counters.sessionSeconds;
      expect(stepped.IDLE + stepped.BUSY).toBe(60);
      athena.clockErrorMs = 0;
      poller.poll();
      poller.poll();
      const { IDLE, BUSY } = poller.tracker.counters.sessionSeconds;
      expect(IDLE).toBeGreaterThanOrEqual(stepped.IDLE);
      expect(IDLE + BUSY).toBe(180);
    },
  );
});
