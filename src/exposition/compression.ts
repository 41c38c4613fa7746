import { setImmediate as nextTurn } from "node:timers/promises";
import type { Clock } from "../clock.ts";
import type { Segment } from "./segment.ts";
import type { WorkgroupSegments } from "./workgroup-segments.ts";

/** How long it may hold the event loop at a time. */
const SLICE_MS = 3;
/** How often the background looks for segments to compress. */
const BACKGROUND_PERIOD_MS = 250;

/** Compresses those segments that are not compressed yet, without holding the event loop for long. */
export function compressInSlices(segments: Iterable<Segment>, clock: Clock): Promise<void> {
  return inSlices(compressSteps(segments), clock);
}

function* compressSteps(segments: Iterable<Segment>): Generator<() => void> {
  for (const segment of segments) if (!segment.isCompressed) yield () => segment.compress();
}

async function inSlices(steps: Iterable<() => void>, clock: Clock): Promise<void> {
  let sliceStartMs = clock.monotonicMs();
  for (const step of steps) {
    if (clock.monotonicMs() - sliceStartMs >= SLICE_MS) {
      await nextTurn();
      sliceStartMs = clock.monotonicMs();
    }
    step();
  }
}

/** Compresses and joins segments, again and again, so that scrapes find little left to do. */
export async function compressInBackground(
  workgroups: WorkgroupSegments,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await compressInSlices(workgroups.takeDueSegments(), clock);
    await inSlices(workgroups.joinSteps(), clock);
    await new Promise<void>((resolve) => {
      clock.after(BACKGROUND_PERIOD_MS, resolve);
    });
  }
}
