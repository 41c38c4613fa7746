import type { Clock } from "../clock.ts";
import { type FamilyHeader, familyHeader, type Format } from "../metrics/text.ts";
import type { TextStore } from "../metrics/workgroup-renderer.ts";
import { Chunk, CHUNK_SLOTS } from "./chunk.ts";
import { SegmentRuns } from "./segment-runs.ts";
import { Segment } from "./segment.ts";

/** What is left in a chunk with at most so many workgroups moves to the last one. */
const SPARSE_SLOTS = CHUNK_SLOTS / 2;
/** At a time, as it takes some milliseconds each. */
const MAX_MOVED_CHUNKS = 2;
/** A chunk is compressed once no lines were set for this time, as its workgroups are polled one after the other, */
const QUIET_MS = 250;
/** or at the latest this long after the first were. */
const MAX_OPEN_MS = 2000;
/** If open chunks have more characters, the first are compressed at once: until then, their text takes twenty times the memory. */
const MAX_OPEN_LENGTH = 16_000_000;

interface Place {
  readonly chunk: Chunk;
  readonly slot: number;
  readonly isPolled: boolean;
}

/**
 * The text of every workgroup, in chunks in the order of their first polls: workgroups that are polled one after the other share
 * a chunk, so that few chunks change between two scrapes.
 */
export class WorkgroupSegments implements TextStore {
  readonly #families: readonly FamilyHeader[];
  readonly #headers: Readonly<Record<Format, readonly Segment[]>>;
  readonly #clock: Clock;
  readonly #places = new Map<string, Place>();
  /** One entry a family. */
  readonly #runs: readonly SegmentRuns[];
  #chunks: Chunk[] = [];
  #version = 0;

  /** `families`: what the entries of `setLines` are lines of. */
  constructor(families: readonly FamilyHeader[], clock: Clock) {
    this.#families = families;
    this.#headers = { text: headersOf(families, "text"), openmetrics: headersOf(families, "openmetrics") };
    this.#runs = families.map(() => new SegmentRuns());
    this.#clock = clock;
  }

  /** Increases with each change, those of what is exposed beside workgroups included. */
  get version(): number {
    return this.#version;
  }

  setLines(key: string, isPolled: boolean, lines: readonly (string | undefined)[]): void {
    if (isPolled && this.#places.get(key)?.isPolled === false) this.remove(key);
    const { chunk, slot } = this.#places.get(key) ?? this.#append(key, isPolled);
    chunk.setLines(slot, lines, this.#clock.monotonicMs());
    this.#version += 1;
  }

  remove(key: string): void {
    const place = this.#places.get(key);
    if (place === undefined) return;
    place.chunk.removeSlot(place.slot, this.#clock.monotonicMs());
    this.#places.delete(key);
    this.#version += 1;
  }

  markChanged(): void {
    this.#version += 1;
  }

  /** All text as it is now: the header of each family before its lines, and nothing where it has none, or is not wanted. */
  segments(format: Format, isWanted: (family: FamilyHeader) => boolean = () => true): readonly Segment[] {
    return this.#families.flatMap((family, row) => {
      const header = this.#headers[format][row];
      const runs = this.#runs[row];
      if (header === undefined || runs === undefined || !isWanted(family)) return [];
      const lines = runs.shortened(this.#chunks.map((chunk) => chunk.segment(row)));
      return lines.length === 0 ? [] : [header, ...lines];
    });
  }

  /** The segments to compress before the next scrape: those of chunks that are not likely to change again soon, or of too many. */
  takeDueSegments(): readonly Segment[] {
    this.#pack();
    const nowMs = this.#clock.monotonicMs();
    const open = this.#chunks.filter(({ isOpen }) => isOpen);
    let tooMuch = open.reduce((sum, { openLength }) => sum + openLength, -MAX_OPEN_LENGTH);
    const due: Chunk[] = [];
    for (const chunk of open) {
      if (tooMuch <= 0 && !chunk.isDue(QUIET_MS, MAX_OPEN_MS, nowMs)) continue;
      tooMuch -= chunk.openLength;
      due.push(chunk);
    }
    return due.flatMap((chunk) => chunk.takeSegments());
  }

  /** Steps that join what is compressed, one for each family, so that a scrape finds fewer segments. */
  joinSteps(): readonly (() => void)[] {
    return this.#runs.map((runs, row) => () => {
      runs.join(this.#chunks.map((chunk) => chunk.compressedSegment(row)));
    });
  }

  #append(key: string, isPolled: boolean): Place {
    let chunk = this.#chunks.at(-1);
    if (chunk === undefined || chunk.slots === CHUNK_SLOTS) {
      chunk = new Chunk(this.#families.length);
      this.#chunks.push(chunk);
    }
    const place: Place = { chunk, slot: chunk.addSlot(key), isPolled };
    this.#places.set(key, place);
    return place;
  }

  /** Removes empty chunks, and moves what is left in some that are sparse. */
  #pack(): void {
    this.#chunks = this.#chunks.filter(({ keys }) => keys.size > 0);
    const sparse = this.#chunks.slice(0, -1).filter(({ keys }) => keys.size <= SPARSE_SLOTS);
    const moved = new Set(sparse.slice(0, MAX_MOVED_CHUNKS));
    if (moved.size === 0) return;
    const nowMs = this.#clock.monotonicMs();
    for (const former of moved) {
      for (const [slot, key] of former.keys) {
        const place = this.#append(key, this.#places.get(key)?.isPolled ?? false);
        place.chunk.setLines(place.slot, former.lines(slot), nowMs);
      }
    }
    this.#chunks = this.#chunks.filter((chunk) => !moved.has(chunk));
  }
}

function headersOf(families: readonly FamilyHeader[], format: Format): readonly Segment[] {
  return families.map((family) => {
    const header = Segment.of(familyHeader(family, format));
    header.compress();
    return header;
  });
}
