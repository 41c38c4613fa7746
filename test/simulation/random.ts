/** Draws from a seed: the same seed gives the same draws on every machine. */
export class Random {
  readonly #seed: number;
  #state: number;

  /** `seed`: any integer; only its lowest 32 bits count. */
  constructor(seed: number) {
    this.#seed = seed >>> 0;
    this.#state = this.#seed;
  }

  /** Another sequence that depends on the seed and the name only, so that drawing more here changes nothing there. */
  fork(name: string): Random {
    let hash = 0x811c9dc5 ^ this.#seed;
    for (let index = 0; index < name.length; index += 1) {
      hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
    }
    return new Random(new Random(hash).integer(0, 2 ** 32 - 1));
  }

  /** In [0, 1): mulberry32, https://github.com/cprosche/mulberry32 */
  fraction(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let value = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  }

  /** Whether something with this probability happens. */
  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  /** A whole number between two bounds, both included. */
  integer(min: number, max: number): number {
    return min + Math.floor(this.fraction() * (max - min + 1));
  }

  /** A whole number between two bounds of which each order of magnitude is as likely. */
  magnitude(min: number, max: number): number {
    return Math.round(min * (max / min) ** this.fraction());
  }

  /** A whole number, exponentially distributed around its mean: the time until the next of independent events. */
  exponential(mean: number): number {
    return Math.round(-Math.log(1 - this.fraction()) * mean);
  }

  pick<Item>(items: readonly Item[]): Item {
    if (items.length === 0) throw new RangeError("there is nothing to pick from");
    return items[Math.floor(this.fraction() * items.length)] as Item;
  }

  /** A key, as often as its weight says. */
  weighted<Key extends string>(weights: Readonly<Record<Key, number>>): Key {
    const entries = Object.entries<number>(weights);
    let rest = this.fraction() * entries.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [key, weight] of entries) {
      rest -= weight;
      if (rest < 0) return key as Key;
    }
    throw new RangeError("all weights are 0");
  }
}
