import type { EndState } from "./life-cycle.ts";

/** A session that has ended, remembered so that it is counted once. Times are Unix milliseconds of AWS' clock. */
export interface EndedSession {
  readonly state: EndState;
  readonly startMs: number;
  readonly endMs: number;
  readonly lastModifiedMs: number;
  readonly degradedCounted: boolean;
  /** Its used DPU-seconds are still to be read. */
  readonly awaitsUsage: boolean;
}

/** Ended sessions by id; undefined for one that is to be forgotten. */
export type EndChanges = ReadonlyMap<string, EndedSession | undefined>;

/** Ends are grouped by the minute, so that those of an hour are counted without looking at each. */
const GROUP_MS = 60_000;

/** The ids of ended sessions by the group of their end. */
type Groups = Map<number, Set<string>>;

/** Ended sessions, indexed by what is looked up. */
class EndIndex {
  readonly ends = new Map<string, EndedSession>();
  readonly awaitingUsage = new Set<string>();
  readonly groups: Readonly<Record<EndState, Groups>> = {
    TERMINATED: new Map(),
    FAILED: new Map(),
    UNKNOWN: new Map(),
  };

  /** Returns the changes that undo these. */
  apply(changes: EndChanges): EndChanges {
    const undo = new Map<string, EndedSession | undefined>();
    for (const [id, end] of changes) {
      const former = this.ends.get(id);
      undo.set(id, former);
      if (former !== undefined) this.#removeFromGroup(id, former);
      if (end === undefined) this.ends.delete(id);
      else this.#set(id, end);
      if (end?.awaitsUsage === true) this.awaitingUsage.add(id);
      else this.awaitingUsage.delete(id);
    }
    return undo;
  }

  #set(id: string, end: EndedSession): void {
    this.ends.set(id, end);
    const groups = this.groups[end.state];
    const group = groups.get(groupOf(end.endMs));
    if (group === undefined) groups.set(groupOf(end.endMs), new Set([id]));
    else group.add(id);
  }

  #removeFromGroup(id: string, { state, endMs }: EndedSession): void {
    const group = this.groups[state].get(groupOf(endMs));
    group?.delete(id);
    if (group?.size === 0) this.groups[state].delete(groupOf(endMs));
  }
}

/** The index of a map, or which map has it now, and the changes that make this map of that one. */
type Place = { readonly index: EndIndex } | { readonly movedTo: EndedSessions; readonly undo: EndChanges };

/**
 * The ended sessions that are remembered, by id: an immutable map. There may be 20,000, so a changed map is no copy: it takes over
 * the index of the map that it is made of. That one keeps how it differs, and takes the index back when it is read again.
 */
export class EndedSessions {
  readonly size: number;
  #place: Place;

  private constructor(index: EndIndex) {
    this.size = index.ends.size;
    this.#place = { index };
  }

  static empty(): EndedSessions {
    return new EndedSessions(new EndIndex());
  }

  get(id: string): EndedSession | undefined {
    return this.#index().ends.get(id);
  }

  /** The ids of those whose used DPU-seconds are still to be read. */
  awaitingUsage(): readonly string[] {
    return [...this.#index().awaitingUsage];
  }

  /** How many ended in a state after a time. */
  countAfter(state: EndState, afterMs: number): number {
    const { groups, ends } = this.#index();
    let count = 0;
    for (const [group, ids] of groups[state]) {
      if (group > groupOf(afterMs)) count += ids.size;
      if (group !== groupOf(afterMs)) continue;
      for (const id of ids) if ((ends.get(id)?.endMs ?? 0) > afterMs) count += 1;
    }
    return count;
  }

  with(changes: EndChanges): EndedSessions {
    if (changes.size === 0) return this;
    // All workgroups begin with the same empty map, so it keeps its index.
    const index = this.size === 0 ? new EndIndex() : this.#index();
    const undo = index.apply(changes);
    const changed = new EndedSessions(index);
    if (this.size > 0) this.#place = { movedTo: changed, undo };
    return changed;
  }

  /** Without those that ended at `untilMs` or before and that `isForgettable` says, and without the oldest beyond `maxSize`. */
  forget(untilMs: number, isForgettable: (end: EndedSession) => boolean, maxSize: number): EndedSessions {
    const { groups, ends } = this.#index();
    const forgotten = new Map<string, undefined>();
    for (const ofState of Object.values(groups)) {
      for (const [group, ids] of ofState) {
        if (group > groupOf(untilMs)) continue;
        for (const id of ids) {
          const end = ends.get(id);
          if (end !== undefined && end.endMs <= untilMs && isForgettable(end)) forgotten.set(id, undefined);
        }
      }
    }
    for (const id of ends.keys()) {
      if (ends.size - forgotten.size <= maxSize) break;
      forgotten.set(id, undefined);
    }
    return this.with(forgotten);
  }

  #index(): EndIndex {
    const place = this.#place;
    if ("index" in place) return place.index;
    const { movedTo, undo } = place;
    const index = movedTo.#index();
    movedTo.#place = { movedTo: this, undo: index.apply(undo) };
    this.#place = { index };
    return index;
  }
}

function groupOf(endMs: number): number {
  return Math.floor(endMs / GROUP_MS);
}
