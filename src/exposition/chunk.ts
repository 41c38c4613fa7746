import { Segment } from "./segment.ts";

const EMPTY = Segment.of("");

/** Slots of a chunk: more would compress a little better, and take longer to compress at each change. */
export const CHUNK_SLOTS = 64;
/** Room for more lines: a chunk is filled one slot after the other. */
const GROWTH_FACTOR = 1.5;

/** For comparisons of text with bytes. */
let scratch = Buffer.allocUnsafeSlow(4096);

/** The lines of one family in a chunk: open for changes, as bytes, or closed, as a segment only. */
class ChunkFamily {
  /** The lines, and room for more; undefined while it is closed. */
  #bytes: Buffer | undefined;
  /** Whether a segment may give out the bytes, so that they must not change. */
  #isShared = false;
  /** Where the lines of each slot end in the bytes. */
  readonly #ends = new Uint32Array(CHUNK_SLOTS);
  /** The lines as a segment; undefined once they differ from it. */
  #segment: Segment | undefined = EMPTY;

  lines(slot: number): string {
    return this.#open().toString("utf8", this.#endOf(slot - 1), this.#endOf(slot));
  }

  setLines(slot: number, lines: string): void {
    const start = this.#endOf(slot - 1);
    const end = this.#endOf(slot);
    const length = Buffer.byteLength(lines);
    if (length === end - start && this.#holds(lines, start, end)) return;
    const totalBytes = this.#totalBytes;
    const growth = length - (end - start);
    const bytes = this.#openToWrite(totalBytes + Math.max(0, growth));
    bytes.copyWithin(start + length, end, totalBytes);
    bytes.write(lines, start);
    for (let later = slot; later < CHUNK_SLOTS; later += 1) this.#ends[later] = this.#endOf(later) + growth;
  }

  segment(): Segment {
    if (this.#segment === undefined) {
      this.#segment = Segment.ofBytes(this.#open().subarray(0, this.#totalBytes));
      this.#isShared = true;
    }
    return this.#segment;
  }

  /** The segment, if it has the lines as they are, and is compressed. */
  get compressedSegment(): Segment | undefined {
    return this.#segment?.isCompressed === true ? this.#segment : undefined;
  }

  /** Leaves the lines to the segment alone, which can give back their memory once it is compressed. */
  close(): Segment {
    const segment = this.segment();
    this.#bytes = undefined;
    return segment;
  }

  get #totalBytes(): number {
    return this.#endOf(CHUNK_SLOTS - 1);
  }

  #endOf(slot: number): number {
    return this.#ends[slot] ?? 0;
  }

  #open(): Buffer {
    if (this.#bytes === undefined) {
      const segment = this.#segment ?? EMPTY;
      this.#isShared = !segment.isCompressed;
      this.#bytes = segment.plain();
    }
    return this.#bytes;
  }

  #holds(lines: string, start: number, end: number): boolean {
    if (scratch.length < end - start) scratch = Buffer.allocUnsafeSlow(2 * (end - start));
    scratch.write(lines);
    return scratch.compare(this.#open(), start, end, 0, end - start) === 0;
  }

  /** With room for so many bytes. What is shared is copied. */
  #openToWrite(bytes: number): Buffer {
    const former = this.#open();
    this.#segment = undefined;
    if (!this.#isShared && former.length >= bytes) return former;
    this.#isShared = false;
    this.#bytes = Buffer.allocUnsafeSlow(Math.ceil(bytes * GROWTH_FACTOR));
    former.copy(this.#bytes, 0, 0, this.#totalBytes);
    return this.#bytes;
  }
}

/** The lines of some workgroups, one slot each, as one segment a family. */
export class Chunk {
  readonly #families: readonly ChunkFamily[];
  #slots = 0;
  #usedSlots = 0;
  #openedAtMs: number | undefined;
  #setAtMs = 0;

  constructor(families: number) {
    this.#families = Array.from({ length: families }, () => new ChunkFamily());
  }

  /** How many slots were given out, at most CHUNK_SLOTS. */
  get slots(): number {
    return this.#slots;
  }

  /** How many slots were given out and not removed. */
  get usedSlots(): number {
    return this.#usedSlots;
  }

  /** Whether every slot that was given out was removed again. */
  get isEmpty(): boolean {
    return this.#usedSlots === 0;
  }

  /** Gives out the next slot, which is empty. */
  addSlot(): number {
    this.#usedSlots += 1;
    this.#slots += 1;
    return this.#slots - 1;
  }

  removeSlot(slot: number, nowMs: number): void {
    this.#usedSlots -= 1;
    this.setLines(
      slot,
      this.#families.map(() => ""),
      nowMs,
    );
  }

  /** The lines of a slot, one entry a family. */
  lines(slot: number): readonly string[] {
    return this.#families.map((family) => family.lines(slot));
  }

  /** One entry a family; undefined for lines that have not changed. */
  setLines(slot: number, lines: readonly (string | undefined)[], nowMs: number): void {
    for (const [row, family] of this.#families.entries()) {
      const changed = lines[row];
      if (changed !== undefined) family.setLines(slot, changed);
    }
    this.#openedAtMs ??= nowMs;
    this.#setAtMs = nowMs;
  }

  /** The lines of a family as they are now; the same segment as before if they have not changed. */
  segment(row: number): Segment {
    return this.#families[row]?.segment() ?? EMPTY;
  }

  /** The same, or undefined where it is not compressed. */
  compressedSegment(row: number): Segment | undefined {
    return this.#families[row]?.compressedSegment;
  }

  /** Whether lines were set since its segments were taken, so that some are kept as plain text. */
  get isOpen(): boolean {
    return this.#openedAtMs !== undefined;
  }

  /** Whether it is open, and no lines were set for `quietMs`, or it was opened `maxOpenMs` ago or earlier. */
  isDue(quietMs: number, maxOpenMs: number, nowMs: number): boolean {
    if (this.#openedAtMs === undefined) return false;
    return nowMs - this.#setAtMs >= quietMs || nowMs - this.#openedAtMs >= maxOpenMs;
  }

  /** Every segment, as they are now, to be compressed; the chunk is closed until lines are set again. */
  takeSegments(): readonly Segment[] {
    this.#openedAtMs = undefined;
    return this.#families.map((family) => family.close());
  }
}
