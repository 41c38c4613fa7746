import type { Clock } from "../clock.ts";
import type { BoardListener } from "../snapshot/board.ts";
import type { WorkgroupView } from "../snapshot/view.ts";
import { Chunk, CHUNK_SLOTS } from "./chunk.ts";
import type { Segment } from "./segment.ts";
import {
  renderChanges,
  renderWorkgroup,
  type SessionLabels,
  WORKGROUP_FAMILIES,
} from "../metrics/workgroup-lines.ts";

/** Chunks are packed anew when one slot in so many is empty. */
const SLOTS_PER_EMPTY = 3;
/** A chunk is compressed once it has not changed for this time, as its workgroups are polled one after the other, */
const QUIET_MS = 250;
/** or at the latest this long after its first change. */
const MAX_DIRTY_MS = 2000;

const SESSION_ROWS = WORKGROUP_FAMILIES.flatMap(({ fromSessions }, row) => (fromSessions ? [row] : []));

interface Place {
  readonly chunk: Chunk;
  readonly slot: number;
  readonly isPolled: boolean;
  /** What its lines were rendered of. */
  rendered?: { readonly view: WorkgroupView; readonly sessionLabels: SessionLabels };
}

/**
 * The text of every workgroup, in chunks in the order of their first polls: workgroups that are polled one after the other share
 * a chunk, so that few chunks change between two scrapes.
 */
export class WorkgroupSegments implements BoardListener {
  readonly #clock: Clock;
  readonly #places = new Map<string, Place>();
  #chunks: Chunk[] = [];
  #sessionLabels: SessionLabels;
  #expirations = 0;

  constructor(sessionLabels: SessionLabels, clock: Clock) {
    this.#sessionLabels = sessionLabels;
    this.#clock = clock;
  }

  /** For what is rendered from now on. */
  setSessionLabels(sessionLabels: SessionLabels): void {
    this.#sessionLabels = sessionLabels;
  }

  changed(key: string, view: WorkgroupView, sessionsExpireAtMs: number): void {
    const isPolled = view.polls > 0;
    const former = this.#places.get(key);
    if (isPolled && former?.isPolled === false) this.removed(key);
    const place = this.#places.get(key) ?? this.#append(key, isPolled);
    const { chunk, slot } = place;
    chunk.setLines(slot, this.#render(place, view), this.#clock.monotonicMs());
    chunk.setExpiry(slot, sessionsExpireAtMs);
    place.rendered = { view, sessionLabels: this.#sessionLabels };
  }

  /** Undefined for lines that the chunk has already. */
  #render({ chunk, slot, rendered }: Place, view: WorkgroupView): readonly (string | undefined)[] {
    const sessionLabels = this.#sessionLabels;
    const hasLines = rendered?.sessionLabels === sessionLabels && chunk.expiryMs(slot) < Infinity;
    return hasLines
      ? renderChanges(view, rendered.view, sessionLabels)
      : renderWorkgroup(view, sessionLabels);
  }

  removed(key: string): void {
    const place = this.#places.get(key);
    if (place === undefined) return;
    place.chunk.removeSlot(place.slot, this.#clock.monotonicMs());
    this.#places.delete(key);
  }

  /** Withdraws samples of sessions that are too old. Returns another number whenever there were some. */
  expire(): number {
    const nowMs = this.#clock.monotonicMs();
    for (const chunk of this.#chunks) if (chunk.expire(SESSION_ROWS, nowMs)) this.#expirations += 1;
    return this.#expirations;
  }

  /** All text as it is now: for each row of WORKGROUP_FAMILIES its segments, none of them empty. */
  segments(): readonly (readonly Segment[])[] {
    this.expire();
    return WORKGROUP_FAMILIES.map((_family, row) =>
      this.#chunks.map((chunk) => chunk.segment(row)).filter(({ plain }) => plain.length > 0),
    );
  }

  /** The segments to compress before the next scrape: those of chunks that are not likely to change again soon. */
  takeDueSegments(): readonly Segment[] {
    this.expire();
    this.#packIfSparse();
    const nowMs = this.#clock.monotonicMs();
    return this.#chunks
      .filter((chunk) => chunk.isDue(QUIET_MS, MAX_DIRTY_MS, nowMs))
      .flatMap((chunk) => chunk.takeSegments());
  }

  #append(key: string, isPolled: boolean): Place {
    let chunk = this.#chunks.at(-1);
    if (chunk === undefined || chunk.slots === CHUNK_SLOTS) {
      chunk = new Chunk(WORKGROUP_FAMILIES.length);
      this.#chunks.push(chunk);
    }
    const place: Place = { chunk, slot: chunk.addSlot(), isPolled };
    this.#places.set(key, place);
    return place;
  }

  #packIfSparse(): void {
    this.#chunks = this.#chunks.filter(({ isEmpty }) => !isEmpty);
    const slots = this.#chunks.reduce((sum, chunk) => sum + chunk.slots, 0);
    const emptySlots = slots - this.#places.size;
    if (emptySlots * SLOTS_PER_EMPTY <= slots) return;
    const former = [...this.#places];
    const nowMs = this.#clock.monotonicMs();
    this.#places.clear();
    this.#chunks = [];
    for (const [key, { chunk, slot, isPolled }] of former) {
      const place = this.#append(key, isPolled);
      place.chunk.setLines(place.slot, chunk.lines(slot), nowMs);
      place.chunk.setExpiry(place.slot, chunk.expiryMs(slot));
    }
  }
}
