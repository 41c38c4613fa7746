import { Segment } from "./segment.ts";

/** Segments of a run: with more, a body would have fewer pieces, but each change would break up a longer run. */
const RUN_SEGMENTS = 16;

/** By its index; undefined where it is not compressed, so that it is likely to change soon. */
type SegmentAt = (index: number) => Segment | undefined;

interface Run {
  readonly segments: readonly Segment[];
  readonly joined: Segment;
}

/** The segments of one family, of which those that follow each other are kept as one: a body is put together from few. */
export class SegmentRuns {
  /** By the index of their first segment. */
  #runs = new Map<number, Run>();

  /** Joins each run of which all segments are there. It makes no lists of them all, which would be megabytes of garbage a second. */
  join(count: number, segmentAt: SegmentAt): void {
    const former = this.#runs;
    this.#runs = new Map();
    for (let start = 0; start < count; start += RUN_SEGMENTS) {
      const length = Math.min(RUN_SEGMENTS, count - start);
      const kept = former.get(start);
      const run =
        kept !== undefined && isOf(kept, start, length, segmentAt) ? kept : joined(start, length, segmentAt);
      if (run !== undefined) this.#runs.set(start, run);
    }
  }

  /** Segments with the same text as the given ones: as few as those that are joined allow, and without empty ones. */
  shortened(segments: readonly Segment[]): readonly Segment[] {
    const short: Segment[] = [];
    for (let start = 0; start < segments.length; start += RUN_SEGMENTS) {
      const length = Math.min(RUN_SEGMENTS, segments.length - start);
      const run = this.#runs.get(start);
      if (run !== undefined && isOf(run, start, length, (index) => segments[index])) short.push(run.joined);
      else short.push(...segments.slice(start, start + length));
    }
    return short.filter(({ plainBytes }) => plainBytes > 0);
  }
}

/** Undefined where a segment is missing. */
function joined(start: number, length: number, segmentAt: SegmentAt): Run | undefined {
  const segments: Segment[] = [];
  for (let index = start; index < start + length; index += 1) {
    const segment = segmentAt(index);
    if (segment === undefined) return undefined;
    segments.push(segment);
  }
  return { segments, joined: Segment.joined(segments) };
}

function isOf({ segments }: Run, start: number, length: number, segmentAt: SegmentAt): boolean {
  return (
    segments.length === length && segments.every((segment, index) => segment === segmentAt(start + index))
  );
}
