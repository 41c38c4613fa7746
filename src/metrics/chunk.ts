import { Segment } from "./segment.ts";

const EMPTY = new Segment(Buffer.alloc(0));

/** The lines of one family in a chunk: those of the last segment, and those that have changed since. */
class ChunkFamily {
  #segment = EMPTY;
  /** Where the lines of each slot end in the segment. */
  #ends: readonly number[] = [];
  readonly #changed = new Map<number, Buffer>();

  lines(slot: number): Buffer {
    return this.#changed.get(slot) ?? this.#segment.plain.subarray(this.#endOf(slot - 1), this.#endOf(slot));
  }

  /** Returns whether they differ from the former ones. */
  setLines(slot: number, lines: Buffer): boolean {
    if (this.lines(slot).equals(lines)) return false;
    this.#changed.set(slot, lines);
    return true;
  }

  segment(slots: number): Segment {
    if (this.#changed.size > 0) {
      const lines = Array.from({ length: slots }, (_, slot) => this.lines(slot));
      let end = 0;
      this.#ends = lines.map(({ length }) => (end += length));
      this.#segment = end === 0 ? EMPTY : new Segment(Buffer.concat(lines));
      this.#changed.clear();
    }
    return this.#segment;
  }

  /** Slots from the last segment's end on are empty. */
  #endOf(slot: number): number {
    return this.#ends[Math.min(slot, this.#ends.length - 1)] ?? 0;
  }
}

/** The lines of some workgroups, one slot each, as one segment a family. */
export class Chunk {
  readonly #families: readonly ChunkFamily[];
  /** When the lines of sessions expire, by slot; Infinity where there are none. */
  readonly #expiresAtMs: number[] = [];
  #nextExpiryMs = Infinity;
  #usedSlots = 0;
  #dirtySinceMs: number | undefined;
  #changedAtMs = 0;

  constructor(families: number) {
    this.#families = Array.from({ length: families }, () => new ChunkFamily());
  }

  /** How many slots were given out. */
  get slots(): number {
    return this.#expiresAtMs.length;
  }

  /** Whether every slot that was given out was removed again. */
  get isEmpty(): boolean {
    return this.#usedSlots === 0;
  }

  /** Gives out the next slot, which is empty. */
  addSlot(): number {
    this.#usedSlots += 1;
    return this.#expiresAtMs.push(Infinity) - 1;
  }

  removeSlot(slot: number, nowMs: number): void {
    this.#usedSlots -= 1;
    this.#expiresAtMs[slot] = Infinity;
    this.setLines(slot, [], nowMs);
  }

  /** The lines of a slot, one entry a family. */
  lines(slot: number): readonly Buffer[] {
    return this.#families.map((family) => family.lines(slot));
  }

  setLines(slot: number, lines: readonly Buffer[], nowMs: number): void {
    for (const [row, family] of this.#families.entries()) {
      if (family.setLines(slot, lines[row] ?? EMPTY.plain)) this.#markChanged(nowMs);
    }
  }

  expiryMs(slot: number): number {
    return this.#expiresAtMs[slot] ?? Infinity;
  }

  setExpiry(slot: number, expiresAtMs: number): void {
    this.#expiresAtMs[slot] = expiresAtMs;
    this.#nextExpiryMs = Math.min(this.#nextExpiryMs, expiresAtMs);
  }

  /** Empties the families of `rows` in each slot that has expired. Returns whether there was one. */
  expire(rows: readonly number[], nowMs: number): boolean {
    if (nowMs < this.#nextExpiryMs) return false;
    let hasExpired = false;
    this.#nextExpiryMs = Infinity;
    for (const [slot, expiresAtMs] of this.#expiresAtMs.entries()) {
      if (expiresAtMs > nowMs) {
        this.#nextExpiryMs = Math.min(this.#nextExpiryMs, expiresAtMs);
        continue;
      }
      hasExpired = true;
      this.#expiresAtMs[slot] = Infinity;
      for (const row of rows) this.#families[row]?.setLines(slot, EMPTY.plain);
      this.#markChanged(nowMs);
    }
    return hasExpired;
  }

  /** The lines of a family as they are now; the same segment as before if they have not changed. */
  segment(row: number): Segment {
    return this.#families[row]?.segment(this.slots) ?? EMPTY;
  }

  /** Whether it has changed, and then not for `quietMs`, or first `maxDirtyMs` ago or earlier. */
  isDue(quietMs: number, maxDirtyMs: number, nowMs: number): boolean {
    if (this.#dirtySinceMs === undefined) return false;
    return nowMs - this.#changedAtMs >= quietMs || nowMs - this.#dirtySinceMs >= maxDirtyMs;
  }

  /** Every segment, as they are now; the chunk is clean until its next change. */
  takeSegments(): readonly Segment[] {
    this.#dirtySinceMs = undefined;
    return this.#families.map((_family, row) => this.segment(row));
  }

  #markChanged(nowMs: number): void {
    this.#dirtySinceMs ??= nowMs;
    this.#changedAtMs = nowMs;
  }
}
