import { Chunk } from "./chunk.ts";
import { SegmentRuns } from "./segment-runs.ts";
import type { Segment } from "./segment.ts";

/** At a time, as it takes some milliseconds each. */
const MAX_MOVED_CHUNKS = 2;

/** Where the lines of a workgroup are. */
export interface Place {
  readonly chunk: Chunk;
  readonly slot: number;
}

/** Chunks of the same size, in the order in which workgroups were added. */
export class ChunkList {
  readonly #slots: number;
  /** One entry a family. */
  readonly #runs: readonly SegmentRuns[];
  #chunks: Chunk[] = [];

  /** `slots`: how many workgroups share a chunk. */
  constructor(families: number, slots: number) {
    this.#slots = slots;
    this.#runs = Array.from({ length: families }, () => new SegmentRuns());
  }

  /** A place after all others, which is empty. */
  append(key: string): Place {
    let chunk = this.#chunks.at(-1);
    if (chunk === undefined || chunk.slots === this.#slots) {
      chunk = new Chunk(this.#runs.length, this.#slots);
      this.#chunks.push(chunk);
    }
    return { chunk, slot: chunk.addSlot(key) };
  }

  /** Those that are not compressed. */
  openChunks(): readonly Chunk[] {
    return this.#chunks.filter(({ isOpen }) => isOpen);
  }

  /** The lines of a family as they are now. */
  segments(row: number): readonly Segment[] {
    return this.#runs[row]?.shortened(this.#chunks.map((chunk) => chunk.segment(row))) ?? [];
  }

  /** Steps that join what is compressed, one for each family, so that a scrape finds fewer segments. */
  joinSteps(): readonly (() => void)[] {
    return this.#runs.map((runs, row) => () => {
      runs.join(this.#chunks.length, (index) => this.#chunks[index]?.compressedSegment(row));
    });
  }

  /** Removes empty chunks, and moves what is left in some that are at most half full. `moved` is told the new places. */
  pack(moved: (key: string, place: Place) => void, nowMs: number): void {
    this.#chunks = this.#chunks.filter(({ keys }) => keys.size > 0);
    const sparse = this.#chunks.slice(0, -1).filter(({ keys }) => keys.size <= this.#slots / 2);
    const left = new Set(sparse.slice(0, MAX_MOVED_CHUNKS));
    if (left.size === 0) return;
    for (const former of left) {
      for (const [slot, key] of former.keys) {
        const place = this.append(key);
        place.chunk.setLines(place.slot, former.lines(slot), nowMs);
        moved(key, place);
      }
    }
    this.#chunks = this.#chunks.filter((chunk) => !left.has(chunk));
  }
}
