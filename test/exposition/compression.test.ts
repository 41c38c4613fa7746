import { describe, expect, test } from "vitest";
import { type Clock, systemClock } from "../../src/clock.ts";
import { compressInBackground, compressInSlices } from "../../src/exposition/compression.ts";
import { Segment } from "../../src/exposition/segment.ts";
import { WorkgroupRenderer } from "../../src/metrics/workgroup-renderer.ts";
import { WorkgroupSegments } from "../../src/exposition/workgroup-segments.ts";
import { WORKGROUP_FAMILIES } from "../../src/metrics/workgroup-lines.ts";
import type { WorkgroupView } from "../../src/snapshot/view.ts";
import { VirtualClock } from "../poll/virtual-clock.ts";
import { workgroupView } from "../metrics/views.ts";

test("compression holds the event loop for about 3 ms at a time", async () => {
  let nowMs = 0;
  const clock: Clock = { ...systemClock, monotonicMs: () => nowMs };
  let turn = 0;
  let immediate = setImmediate(countTurn);
  function countTurn(): void {
    turn += 1;
    immediate = setImmediate(countTurn);
  }
  const msByTurn = new Map<number, number>();
  const compressed: Segment[] = [];
  function* slowSegments(): Generator<Segment> {
    for (let count = 0; count < 100; count += 1) {
      nowMs += 1;
      msByTurn.set(turn, (msByTurn.get(turn) ?? 0) + 1);
      const segment = Segment.of(`line ${count}\n`);
      compressed.push(segment);
      yield segment;
    }
  }
  await compressInSlices(slowSegments(), clock);
  clearImmediate(immediate);
  expect(compressed.filter(({ isCompressed }) => isCompressed)).toHaveLength(100);
  expect(Math.max(...msByTurn.values())).toBeLessThanOrEqual(4);
});

describe("in the background a chunk is compressed", () => {
  /** Polls a workgroup again and again on a virtual clock; returns the times after which its text was compressed. */
  async function compressionsMs(everyMs: number, polls: number): Promise<number[]> {
    const clock = new VirtualClock();
    const segments = new WorkgroupSegments(WORKGROUP_FAMILIES, clock);
    const renderer = new WorkgroupRenderer(segments, [], clock);
    const stopping = new AbortController();
    const isCompressed = () => segments.segments("text").every((segment) => segment.isCompressed);
    void compressInBackground(segments, clock, stopping.signal);
    const times: number[] = [];
    let wasCompressed = true;
    const watch = async (ms: number) => {
      for (let passedMs = 0; passedMs < ms; passedMs += 10) {
        await clock.advance(10);
        if (isCompressed() && !wasCompressed) times.push(clock.monotonicMs());
        wasCompressed = isCompressed();
      }
    };
    for (let poll = 1; poll <= polls; poll += 1) {
      renderer.changed("etl", polled(poll), Infinity);
      renderer.render();
      wasCompressed = false;
      await watch(everyMs);
    }
    await watch(1000);
    stopping.abort();
    return times;
  }

  const polled = (polls: number): WorkgroupView => workgroupView({ polls });

  test("once it has not changed for 250 ms", async () => {
    expect(await compressionsMs(100, 10)).toEqual([1250]);
  });

  test("at the latest two seconds after its first change", async () => {
    expect((await compressionsMs(100, 50))[0]).toBe(2000);
  });
});
