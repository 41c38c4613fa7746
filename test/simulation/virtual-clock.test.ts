import { expect, test } from "vitest";
import { EPOCH_MS } from "./model.ts";
import { SteppingClock } from "./steps.ts";
import { VirtualClock } from "./virtual-clock.ts";

test("a virtual clock runs timers in order, and settles all promises in between", async () => {
  const clock = new VirtualClock((nowMs) => EPOCH_MS + nowMs);
  const order: string[] = [];
  clock.after(20, () => order.push("later"));
  clock.after(10, () => {
    order.push("first");
    void (async () => {
      for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
      order.push(`settled at ${clock.monotonicMs()}`);
    })();
  });
  clock.after(15, () => order.push("never"))();
  await clock.runUntil(30);
  expect(order).toEqual(["first", "settled at 10", "later"]);
  expect([clock.monotonicMs(), clock.wallMs()]).toEqual([30, EPOCH_MS + 30]);
});

test("a stepping clock tells every time at which it showed a time", () => {
  const clock = new SteppingClock(1000, [{ atMs: 50, byMs: -20 }]);
  expect([clock.at(49), clock.at(50), clock.at(60)]).toEqual([1049, 1030, 1040]);
  expect(clock.timesOf(1040, 0, 100)).toEqual([40, 60]);
  expect(clock.timesOf(1040, 0, 55)).toEqual([40]);
  expect(clock.timesOf(1060, 0, 70)).toEqual([]);
  expect(clock.movedMs(0, 49)).toBe(0);
  expect(clock.movedMs(0, 50)).toBe(20);
});
