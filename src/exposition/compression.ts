import { setImmediate as nextTurn } from "node:timers/promises";
import type { Clock } from "../clock.ts";
import type { Segment } from "./segment.ts";

/** How long it may hold the event loop at a time. */
const SLICE_MS = 3;
/** How often the background looks for segments to compress. */
const BACKGROUND_PERIOD_MS = 250;

/** Compresses those segments that are not compressed yet, without holding the event loop for long. */
export async function compressInSlices(segments: Iterable<Segment>, clock: Clock): Promise<void> {
  let sliceStartMs = clock.monotonicMs();
  for (const segment of segments) {
    if (segment.isCompressed) continue;
    if (clock.monotonicMs() - sliceStartMs >= SLICE_MS) {
      await nextTurn();
      sliceStartMs = clock.monotonicMs();
    }
    segment.compress();
  }
}

/** Compresses what `takeDueSegments` returns, again and again, so that scrapes find little left to compress. */
export async function compressInBackground(
  takeDueSegments: () => readonly Segment[],
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await compressInSlices(takeDueSegments(), clock);
    await new Promise<void>((resolve) => {
      clock.after(BACKGROUND_PERIOD_MS, resolve);
    });
  }
}
