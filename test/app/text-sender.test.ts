import { beforeEach, expect, test } from "vitest";
import { TextSender } from "../../src/app/text-sender.ts";
import { VirtualClock } from "../poll/virtual-clock.ts";

let clock: VirtualClock;
let sender: TextSender;
/** Workgroups whose changes are not rendered yet. */
let changed: number;
/** How many were rendered at a time. */
let batches: number[];
/** Lets what was sent arrive. */
let arrive: (() => void) | undefined;

beforeEach(() => {
  clock = new VirtualClock();
  [changed, batches, arrive] = [0, [], undefined];
  sender = new TextSender({
    clock,
    render(limit) {
      const count = Math.min(limit, changed);
      batches.push(count);
      changed -= count;
      return changed > 0;
    },
    arrived: () =>
      new Promise((resolve) => {
        arrive = resolve;
      }),
  });
});

function change(workgroups: number): void {
  changed += workgroups;
  sender.changed();
}

test("changes within 50 ms are rendered together", async () => {
  change(1);
  await clock.advance(49);
  change(2);
  expect(batches).toEqual([]);
  await clock.advance(1);
  expect(batches).toEqual([3]);
  change(4);
  await clock.advance(50);
  expect(batches).toEqual([3, 4]);
});

test("of many changes, the next ones are rendered when the former have arrived", async () => {
  change(110);
  await clock.advance(50);
  change(10);
  await clock.advance(60_000);
  expect(batches).toEqual([32]);
  for (const wanted of [
    [32, 64],
    [32, 64, 24],
  ]) {
    arrive?.();
    await clock.advance(0);
    expect(batches).toEqual(wanted);
  }
});

test("text keeps up with polls on a thread so busy that each batch takes half a second to arrive", async () => {
  const waiting: number[] = [];
  for (let second = 0; second < 60; second += 1) {
    change(300);
    for (let half = 0; half < 2; half += 1) {
      await clock.advance(500);
      arrive?.();
      await clock.advance(0);
    }
    waiting.push(changed);
  }
  expect(Math.max(...waiting.slice(30))).toBeLessThan(300);
});

test("a batch can be sent at once, and the rest follows", async () => {
  change(40);
  sender.sendBatch();
  expect(batches).toEqual([32]);
  await clock.advance(50);
  expect(batches).toEqual([32, 8]);
});
