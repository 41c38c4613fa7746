interface Node {
  readonly key: string;
  readonly startedMs: number;
  newer: Node | undefined;
  older: Node | undefined;
}

/**
 * Keys in the order of when they were last started, the oldest first. Adding is from the newest side, where what has just
 * been done belongs, so that every operation costs the same however many keys there are.
 */
export class AgeQueue {
  readonly #nodes = new Map<string, Node>();
  #oldest: Node | undefined;
  #newest: Node | undefined;

  get size(): number {
    return this.#nodes.size;
  }

  get head(): { readonly key: string; readonly startedMs: number } | undefined {
    return this.#oldest;
  }

  add(key: string, startedMs: number): void {
    this.remove(key);
    let older = this.#newest;
    while (older !== undefined && older.startedMs > startedMs) older = older.older;
    const newer = older === undefined ? this.#oldest : older.newer;
    const node: Node = { key, startedMs, older, newer };
    if (older === undefined) this.#oldest = node;
    else older.newer = node;
    if (newer === undefined) this.#newest = node;
    else newer.older = node;
    this.#nodes.set(key, node);
  }

  /** Whether it was there. */
  remove(key: string): boolean {
    const node = this.#nodes.get(key);
    if (node === undefined) return false;
    if (node.older === undefined) this.#oldest = node.newer;
    else node.older.newer = node.newer;
    if (node.newer === undefined) this.#newest = node.older;
    else node.newer.older = node.older;
    return this.#nodes.delete(key);
  }
}
