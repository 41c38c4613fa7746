/** The first few of many items in an order, without ordering the rest. */
export class FirstOf<Item> {
  readonly #limit: number;
  readonly #compare: (a: Item, b: Item) => number;
  #kept: Item[] = [];
  /** The last of them when they were last ordered; what comes after it is none of them. */
  #last: Item | undefined;

  constructor(limit: number, compare: (a: Item, b: Item) => number) {
    this.#limit = limit;
    this.#compare = compare;
  }

  /** Takes it into account; false where it, and so all that come after it, are none of the first. */
  add(item: Item): boolean {
    if (this.#last !== undefined && this.#compare(item, this.#last) >= 0) return false;
    this.#kept.push(item);
    if (this.#kept.length >= 2 * this.#limit) this.#trim();
    return true;
  }

  /** In their order. */
  items(): readonly Item[] {
    this.#trim();
    return this.#kept;
  }

  #trim(): void {
    this.#kept = this.#kept.sort(this.#compare).slice(0, this.#limit);
    if (this.#kept.length === this.#limit) this.#last = this.#kept.at(-1);
  }
}
