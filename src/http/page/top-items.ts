/** Keeps the first `limit` of many items in sort order, without sorting all of them. */
export class TopItems<Item> {
  readonly #limit: number;
  readonly #compare: (a: Item, b: Item) => number;
  #kept: Item[] = [];
  /** The last of the top items when they were last sorted; an item after it is not one of them. */
  #last: Item | undefined;

  constructor(limit: number, compare: (a: Item, b: Item) => number) {
    this.#limit = limit;
    this.#compare = compare;
  }

  /** Returns false if neither the item nor any item after it can be a top item. */
  add(item: Item): boolean {
    if (this.#last !== undefined && this.#compare(item, this.#last) >= 0) return false;
    this.#kept.push(item);
    if (this.#kept.length >= 2 * this.#limit) this.#trim();
    return true;
  }

  /** The top items in order. */
  items(): readonly Item[] {
    this.#trim();
    return this.#kept;
  }

  #trim(): void {
    this.#kept = this.#kept.sort(this.#compare).slice(0, this.#limit);
    if (this.#kept.length === this.#limit) this.#last = this.#kept.at(-1);
  }
}
