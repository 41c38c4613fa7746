import type { Clock } from "../clock.ts";
import { type FamilyHeader, familyHeader, type Format } from "../metrics/text.ts";
import type { TextStore } from "../metrics/workgroup-renderer.ts";
import type { Chunk } from "./chunk.ts";
import { ChunkList, type Place } from "./chunk-list.ts";
import { Segment } from "./segment.ts";

/** Workgroups in a chunk: more would compress a little better, and take longer to compress at each change. */
const CHUNK_SLOTS = 64;
/** Those that were never polled leave their chunks one by one in the first round, and each time the rest is compressed anew. */
const UNPOLLED_CHUNK_SLOTS = 16;
/** A chunk is compressed once no lines were set for this time, as its workgroups are polled one after the other, */
const QUIET_MS = 250;
/** or at the latest this long after the first were. */
const MAX_OPEN_MS = 2000;
/** If open chunks have more characters, the first are compressed at once: until then, their text takes twenty times the memory. */
const MAX_OPEN_LENGTH = 16_000_000;

interface KnownPlace extends Place {
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
  readonly #places = new Map<string, KnownPlace>();
  readonly #polled: ChunkList;
  readonly #unpolled: ChunkList;
  #version = 0;

  /** `families`: what the entries of `setLines` are lines of. */
  constructor(families: readonly FamilyHeader[], clock: Clock) {
    this.#families = families;
    this.#headers = { text: headersOf(families, "text"), openmetrics: headersOf(families, "openmetrics") };
    this.#polled = new ChunkList(families.length, CHUNK_SLOTS);
    this.#unpolled = new ChunkList(families.length, UNPOLLED_CHUNK_SLOTS);
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
    const runs = [...this.#polled.runs(), ...this.#unpolled.runs()];
    return this.#families.flatMap((family, row) => {
      const header = this.#headers[format][row];
      if (header === undefined || !isWanted(family)) return [];
      const lines = runs.flatMap((run) => run.segments(row));
      return lines.length === 0 ? [] : [header, ...lines];
    });
  }

  /** The segments to compress before the next scrape: those of chunks that are not likely to change again soon, or of too many. */
  takeDueSegments(): readonly Segment[] {
    const nowMs = this.#clock.monotonicMs();
    this.#polled.pack((key, place) => this.#places.set(key, { ...place, isPolled: true }), nowMs);
    this.#unpolled.pack((key, place) => this.#places.set(key, { ...place, isPolled: false }), nowMs);
    const open = [...this.#polled.openChunks(), ...this.#unpolled.openChunks()];
    let tooMuch = open.reduce((sum, { openLength }) => sum + openLength, -MAX_OPEN_LENGTH);
    const due: Chunk[] = [];
    for (const chunk of open) {
      if (tooMuch <= 0 && !chunk.isDue(QUIET_MS, MAX_OPEN_MS, nowMs)) continue;
      tooMuch -= chunk.openLength;
      due.push(chunk);
    }
    return due.flatMap((chunk) => chunk.takeSegments());
  }

  /** Steps that join what is compressed, so that a scrape finds fewer segments. */
  joinSteps(): readonly (() => void)[] {
    return [...this.#polled.joinSteps(), ...this.#unpolled.joinSteps()];
  }

  #append(key: string, isPolled: boolean): KnownPlace {
    const place = { ...(isPolled ? this.#polled : this.#unpolled).append(key), isPolled };
    this.#places.set(key, place);
    return place;
  }
}

function headersOf(families: readonly FamilyHeader[], format: Format): readonly Segment[] {
  return families.map((family) => {
    const header = Segment.of(familyHeader(family, format));
    header.compress();
    return header;
  });
}
