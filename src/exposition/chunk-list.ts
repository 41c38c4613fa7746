import { Chunk } from "./chunk.ts";
import { ChunkRun } from "./chunk-run.ts";

/** At a time, as it takes some milliseconds each. */
const MAX_MOVED_CHUNKS = 2;
/** Chunks of a run: with more, a body would have fewer pieces, but each change would break up a longer run. */
const RUN_CHUNKS = 16;

/** Where the lines of a workgroup are. */
export interface Place {
  readonly chunk: Chunk;
  readonly slot: number;
}

/** Chunks of the same size, in the order in which workgroups were added. */
export class ChunkList {
  readonly #families: number;
  readonly #slots: number;
  #chunks: Chunk[] = [];
  #runs: readonly ChunkRun[] = [];

  /** `slots`: how many workgroups share a chunk. */
  constructor(families: number, slots: number) {
    this.#families = families;
    this.#slots = slots;
  }

  /** A place after all others, which is empty. */
  append(key: string): Place {
    let chunk = this.#chunks.at(-1);
    if (chunk === undefined || chunk.slots === this.#slots) {
      chunk = new Chunk(this.#families, this.#slots);
      this.#chunks.push(chunk);
    }
    return { chunk, slot: chunk.addSlot(key) };
  }

  /** Those that are not compressed. */
  openChunks(): readonly Chunk[] {
    return this.#chunks.filter(({ isOpen }) => isOpen);
  }

  /** All chunks as runs; those whose chunks follow each other as before stay. */
  runs(): readonly ChunkRun[] {
    const runs: ChunkRun[] = [];
    for (let start = 0; start < this.#chunks.length; start += RUN_CHUNKS) {
      const end = Math.min(start + RUN_CHUNKS, this.#chunks.length);
      const former = this.#runs[runs.length];
      const isSame =
        former?.chunks.length === end - start &&
        former.chunks.every((chunk, index) => chunk === this.#chunks[start + index]);
      runs.push(isSame ? former : new ChunkRun(this.#chunks.slice(start, end)));
    }
    this.#runs = runs;
    return runs;
  }

  /** Steps that join what is compressed, one for each family, so that a scrape finds fewer segments. */
  joinSteps(): readonly (() => void)[] {
    const runs = this.runs();
    return Array.from({ length: this.#families }, (_, row) => () => {
      for (const run of runs) run.join(row);
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
