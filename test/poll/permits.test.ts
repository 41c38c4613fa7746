import { setMaxListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { Permits } from "../../src/poll/permits.ts";
import { VirtualClock } from "./virtual-clock.ts";

const never = new AbortController().signal;
setMaxListeners(0, never);

/** Permits at a rate, and the times at which requests were granted one. */
function permitsAt(ratePerSecond: number) {
  const clock = new VirtualClock();
  const permits = new Permits(ratePerSecond, clock);
  const granted: { readonly name: string; readonly atMs: number }[] = [];
  const record = (name: string) => () => {
    granted.push({ name, atMs: clock.monotonicMs() });
  };
  return {
    clock,
    permits,
    granted,
    take: async (name: string, signal = never) => permits.take(signal).then(record(name)),
    takeSpare: async (name: string, signal = never) => permits.takeSpare(signal).then(record(name)),
  };
}

/** The delay of timers in a busy process. */
const LATE_TIMER_MS = 5;

function names(granted: readonly { readonly name: string }[]): string[] {
  return granted.map(({ name }) => name);
}

describe("permits", () => {
  it("are granted at the rate, first come, first served", async () => {
    const { clock, granted, take } = permitsAt(5);
    for (const name of ["a", "b", "c", "d"]) void take(name);
    await clock.advance(1000);
    expect(granted).toEqual([
      { name: "a", atMs: 0 },
      { name: "b", atMs: 200 },
      { name: "c", atMs: 400 },
      { name: "d", atMs: 600 },
    ]);
  });

  it("are granted to waiting requests before new polls", async () => {
    const { clock, permits, granted, take } = permitsAt(5);
    expect(permits.tryTake()).toBe(true);
    expect(permits.tryTake()).toBe(false);
    void take("a");
    await clock.advance(200);
    expect(names(granted)).toEqual(["a"]);
    expect(permits.waitMs()).toBe(200);
    void take("b");
    expect(permits.tryTake()).toBe(false);
    await clock.advance(400);
    expect(names(granted)).toEqual(["a", "b"]);
    expect(permits.tryTake()).toBe(true);
  });

  it("never exceed the rate plus the burst in any second, however many requests wait", async () => {
    const { clock, granted, take } = permitsAt(20);
    for (let index = 0; index < 100; index += 1) void take(`r${index}`);
    await clock.advance(10_000);
    expect(granted).toHaveLength(100);
    for (const { atMs } of granted) {
      const within = granted.filter((other) => other.atMs >= atMs && other.atMs < atMs + 1000);
      expect(within.length).toBeLessThanOrEqual(22);
    }
    expect(granted.at(-1)?.atMs).toBeLessThanOrEqual(5000);
  });

  it("are not granted to an aborted request, and go to the next in the queue", async () => {
    const { clock, permits, granted, take } = permitsAt(5);
    permits.tryTake();
    const end = new AbortController();
    const aborted = take("aborted", end.signal);
    void take("next");
    end.abort(new Error("the poll has ended"));
    await expect(aborted).rejects.toThrow("the poll has ended");
    await clock.advance(200);
    expect(granted).toEqual([{ name: "next", atMs: 200 }]);
    await clock.advance(1000);
    expect(clock.timers).toBe(0);
  });

  it("are not taken if the signal is already aborted", async () => {
    const { permits, take } = permitsAt(5);
    await expect(take("a", AbortSignal.abort(new Error("ended")))).rejects.toThrow("ended");
    expect(permits.tryTake()).toBe(true);
  });

  it("follow a changed rate at once, also for requests that already wait", async () => {
    const { clock, permits, granted, take } = permitsAt(0.1);
    for (const name of ["a", "b", "c", "d"]) void take(name);
    await clock.advance(1000);
    expect(names(granted)).toEqual(["a"]);
    permits.setRate(10);
    await clock.advance(300);
    expect(names(granted)).toEqual(["a", "b", "c", "d"]);
    permits.setRate(0.1);
    void take("e");
    await clock.advance(5000);
    expect(names(granted)).not.toContain("e");
    await clock.advance(5000);
    expect(names(granted)).toContain("e");
  });
});

describe("spare permits", () => {
  it("are granted if no other request needs them", async () => {
    const { clock, granted, takeSpare } = permitsAt(5);
    void takeSpare("tags");
    await clock.advance(100);
    expect(names(granted)).toEqual(["tags"]);
  });

  it("are granted after the requests of polls, even those that arrive later", async () => {
    const { clock, permits, granted, take, takeSpare } = permitsAt(5);
    permits.tryTake();
    void takeSpare("tags");
    void take("a");
    await clock.advance(150);
    void take("b");
    await clock.advance(250);
    expect(names(granted)).toEqual(["a", "b"]);
    await clock.advance(500);
    expect(names(granted)).toEqual(["a", "b", "tags"]);
  });

  it("are granted after a delay while polls use the whole rate limit", async () => {
    const { clock, permits, granted, takeSpare } = permitsAt(5);
    let polls = 0;
    const keepPolling = (): void => {
      while (permits.tryTake()) polls += 1;
      clock.after(permits.waitMs() + LATE_TIMER_MS, keepPolling);
    };
    keepPolling();
    void takeSpare("tags");
    await clock.advance(1000);
    expect(granted).toEqual([]);
    await clock.advance(3000);
    expect(names(granted)).toEqual(["tags"]);
    expect(polls).toBeGreaterThanOrEqual(19);
  });

  it("are not granted to an aborted request", async () => {
    const { clock, permits, takeSpare } = permitsAt(5);
    permits.tryTake();
    const end = new AbortController();
    const aborted = takeSpare("tags", end.signal);
    await clock.advance(10);
    end.abort(new Error("ended"));
    await expect(aborted).rejects.toThrow("ended");
    expect(clock.timers).toBe(0);
    await clock.advance(500);
    expect(permits.tryTake()).toBe(true);
  });
});
