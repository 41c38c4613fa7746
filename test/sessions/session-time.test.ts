import { describe, expect, it } from "vitest";
import { FakeAthena, MINUTE, Poller } from "./fake-athena.ts";

/** Polls once before and once after what `change` does half a minute later; gives the seconds counted. */
function secondsAfter(before: (athena: FakeAthena) => void, change: (athena: FakeAthena) => void) {
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
  it("are of the state that lasts", () => {
    expect(secondsAfter((athena) => athena.put("a", "BUSY"), unchanged)).toEqual({
      BUSY: 60,
      idleDpuSeconds: 0,
    });
  });

  it("of an idle session are idle DPU-seconds too", () => {
    expect(secondsAfter((athena) => athena.put("a", "IDLE"), unchanged)).toEqual({
      IDLE: 60,
      idleDpuSeconds: 60,
    });
  });

  it("are parted where the state changed", () => {
    const change = (athena: FakeAthena) => athena.put("a", "IDLE");
    expect(secondsAfter((athena) => athena.put("a", "BUSY"), change)).toEqual({
      BUSY: 30,
      IDLE: 30,
      idleDpuSeconds: 30,
    });
  });

  it("of a session that is idle again, but since later, were busy between", () => {
    const change = (athena: FakeAthena) => athena.put("a", "IDLE");
    expect(secondsAfter((athena) => athena.put("a", "IDLE"), change)).toEqual({
      BUSY: 30,
      IDLE: 30,
      idleDpuSeconds: 30,
    });
  });

  it("end where the session ended", () => {
    const change = (athena: FakeAthena) => athena.put("a", "TERMINATED");
    expect(secondsAfter((athena) => athena.put("a", "IDLE"), change)).toEqual({
      IDLE: 30,
      idleDpuSeconds: 30,
    });
  });

  it("begin where the session started", () => {
    expect(secondsAfter(unchanged, (athena) => athena.put("a", "CREATING"))).toEqual({
      CREATING: 30,
      idleDpuSeconds: 0,
    });
  });

  it("of a session that vanished are not made up", () => {
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

describe("session-seconds over polls that failed", () => {
  it("are counted by the next good one, by IdleSinceDateTime", () => {
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

  it("of a session that was missing meanwhile are counted when it is found", () => {
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

describe("a clock of AWS' that steps an hour", () => {
  it.each([60 * MINUTE, -60 * MINUTE])(
    "by %i ms adds no more than passed, and takes nothing away",
    (stepMs) => {
      const athena = new FakeAthena();
      athena.put("a", "IDLE");
      const poller = new Poller(athena);
      poller.poll();
      const answer = athena.answer.bind(athena);
      athena.answer = (call) => {
        const given = answer(call);
        return given.kind === "page" ? { ...given, requestedAtMs: given.requestedAtMs + stepMs } : given;
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
