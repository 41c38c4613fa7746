import { Segment } from "./segment.ts";

const EMPTY = Segment.of("");

/** The lines of one family in a chunk: open for changes, as text, or closed, as a segment only. */
class ChunkFamily {
  /** Those of each slot; undefined while it is closed. */
  #lines: string[] | undefined;
  /** Where the lines of each slot end in the segment, in bytes; undefined before it is closed, as many families stay empty. */
  #ends: Uint32Array | undefined;
  /** The lines as a segment; undefined once they differ from it. */
  #segment: Segment | undefined = EMPTY;
  readonly #slots: number;

  constructor(slots: number) {
    this.#slots = slots;
  }

  lines(slot: number): string {
    return this.#open()[slot] ?? "";
  }

  /** Returns whether they differ from those that were there. */
  setLines(slot: number, lines: string): boolean {
    // Most families of a workgroup that was never polled are empty, and stay so when it is removed.
    if (lines === "" && this.#segment?.plainBytes === 0) return false;
    const all = this.#open();
    if (all[slot] === lines) return false;
    all[slot] = lines;
    this.#segment = undefined;
    return true;
  }

  /** Characters of text that are kept while it is open. */
  get openLength(): number {
    return this.#lines?.reduce((sum, lines) => sum + lines.length, 0) ?? 0;
  }

  segment(): Segment {
    this.#segment ??= Segment.of(this.#open().join(""));
    return this.#segment;
  }

  /** The segment, if it has the lines as they are, and is compressed. */
  get compressedSegment(): Segment | undefined {
    return this.#segment?.isCompressed === true ? this.#segment : undefined;
  }

  /** Leaves the lines to the segment alone, which gives back their memory once it is compressed. */
  close(): Segment {
    const segment = this.segment();
    if (this.#lines === undefined) return segment;
    let end = 0;
    this.#ends = Uint32Array.from(this.#lines, (lines) => (end += Buffer.byteLength(lines)));
    this.#lines = undefined;
    return segment;
  }

  #open(): string[] {
    if (this.#lines === undefined) {
      const bytes = this.segment().plain();
      const ends = this.#ends ?? new Uint32Array(this.#slots);
      this.#lines = Array.from(ends, (end, slot) => bytes.toString("utf8", ends[slot - 1] ?? 0, end));
    }
    return this.#lines;
  }
}

/** The lines of some workgroups, one slot each, as one segment a family. */
export class Chunk {
  /** Called with the row of a family whose lines have changed. */
  onChange: (row: number) => void = () => undefined;
  readonly #families: readonly ChunkFamily[];
  /** Whose lines are in each slot that was given out and not removed. */
  readonly #keys = new Map<number, string>();
  #slots = 0;
  #openedAtMs: number | undefined;
  #setAtMs = 0;

  constructor(families: number, slots: number) {
    this.#families = Array.from({ length: families }, () => new ChunkFamily(slots));
  }

  /** How many slots were given out. */
  get slots(): number {
    return this.#slots;
  }

  /** Whose lines are in each slot that was given out and not removed. */
  get keys(): ReadonlyMap<number, string> {
    return this.#keys;
  }

  /** Gives out the next slot, which is empty. */
  addSlot(key: string): number {
    const slot = this.#slots;
    this.#keys.set(slot, key);
    this.#slots += 1;
    return slot;
  }

  removeSlot(slot: number, nowMs: number): void {
    this.#keys.delete(slot);
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
      if (changed !== undefined && family.setLines(slot, changed)) this.onChange(row);
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

  /** Characters of text that are kept while it is open. */
  get openLength(): number {
    return this.#families.reduce((sum, family) => sum + family.openLength, 0);
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
