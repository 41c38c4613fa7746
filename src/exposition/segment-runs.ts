import { Segment } from "./segment.ts";

/** Segments of a run: with more, a body would have fewer pieces, but each change would break up a longer run. */
const RUN_SEGMENTS = 16;

interface Run {
  readonly segments: readonly Segment[];
  readonly joined: Segment;
}

/** The segments of one family, of which those that follow each other are kept as one: a body is put together from few. */
export class SegmentRuns {
  #runs: (Run | undefined)[] = [];

  /** Joins each run of which all segments are given; undefined stands for one that is likely to change soon. */
  join(segments: readonly (Segment | undefined)[]): void {
    this.#runs = runsOf(segments).map((run, index) => {
      const former = this.#runs[index];
      if (former !== undefined && isOf(former, run)) return former;
      return run.every((segment) => segment !== undefined)
        ? { segments: run, joined: Segment.joined(run) }
        : undefined;
    });
  }

  /** Segments with the same text as the given ones: as few as those that are joined allow, and without empty ones. */
  shortened(segments: readonly Segment[]): readonly Segment[] {
    return runsOf(segments)
      .flatMap((run, index) => {
        const kept = this.#runs[index];
        return kept !== undefined && isOf(kept, run) ? [kept.joined] : run;
      })
      .filter(({ plainBytes }) => plainBytes > 0);
  }
}

function runsOf<Item>(segments: readonly Item[]): (readonly Item[])[] {
  const runs: (readonly Item[])[] = [];
  for (let start = 0; start < segments.length; start += RUN_SEGMENTS) {
    runs.push(segments.slice(start, start + RUN_SEGMENTS));
  }
  return runs;
}

function isOf({ segments }: Run, run: readonly (Segment | undefined)[]): boolean {
  return segments.length === run.length && segments.every((segment, index) => segment === run[index]);
}
