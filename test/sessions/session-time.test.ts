import { describe, expect, it } from "vitest";
import { FakeAthena, MINUTE, Poller } from "./fake-athena.ts";

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

describe("a step of AWS' clock", () => {
  it.each([60 * MINUTE, -60 * MINUTE])(
    "by %i ms adds about the elapsed time at most, and decreases no counter",
    (stepMs) => {
      const athena = new FakeAthena();
      athena.put("a", "IDLE");
      const poller = new Poller(athena);
      poller.poll();
      const answer = athena.answer.bind(athena);
      athena.answer = (call) => {
        const given = answer(call);
        return given.kind === "page"
          ? { ...given, page: { ...given.page, requestedAtMs: given.page.requestedAtMs + stepMs } }
          : given;
      };
      poller.poll();
      const stepped = poller.tracker.counters.idleDpuSeconds;
      expect(stepped).toBeLessThanOrEqual(65);
      athena.answer = answer;
      poller.poll();
      poller.poll();
      expect(poller.tracker.counters.idleDpuSeconds).toBeGreaterThanOrEqual(stepped);
      expect(poller.tracker.counters.idleDpuSeconds).toBeLessThanOrEqual(200);
    },
  );
});
