import type { Chunk } from "./chunk.ts";
import { Segment } from "./segment.ts";

/** Chunks that follow each other. While their lines of a family do not change, the segments of these are kept as one: a body is put together from few. */
export class ChunkRun {
  readonly chunks: readonly Chunk[];
  /** One entry a family; undefined where lines have changed since they were joined. */
  readonly #joined: (Segment | undefined)[] = [];

  /** Another run of the same chunks must not be used any more. */
  constructor(chunks: readonly Chunk[]) {
    this.chunks = chunks;
    for (const chunk of chunks) {
      chunk.onChange = (row) => {
        this.#joined[row] = undefined;
      };
    }
  }

  /** The lines of a family as they are now, without empty segments. */
  segments(row: number): readonly Segment[] {
    const joined = this.#joined[row];
    const segments = joined === undefined ? this.chunks.map((chunk) => chunk.segment(row)) : [joined];
    return segments.filter(({ plainBytes }) => plainBytes > 0);
  }

  /** Joins the segments of a family, if all are compressed: others are likely to change soon. */
  join(row: number): void {
    if (this.#joined[row] !== undefined) return;
    const segments: Segment[] = [];
    for (const chunk of this.chunks) {
      const segment = chunk.compressedSegment(row);
      if (segment === undefined) return;
      segments.push(segment);
    }
    this.#joined[row] = Segment.joined(segments);
  }
}
