/** Counts what is in progress, of all clients and of each. */
export class ClientSlots {
  readonly #max: number;
  readonly #maxOfClient: number;
  readonly #taken = new Map<string, number>();
  #count = 0;

  /** One client may have `maxOfClient` of the `max` slots. */
  constructor(max: number, maxOfClient: number) {
    this.#max = max;
    this.#maxOfClient = maxOfClient;
  }

  /** Takes a slot and returns the function that gives it back, or returns undefined where there is none. */
  take(client: string): (() => void) | undefined {
    const taken = this.#taken.get(client) ?? 0;
    if (this.#count >= this.#max || taken >= this.#maxOfClient) return undefined;
    this.#taken.set(client, taken + 1);
    this.#count += 1;
    let isTaken = true;
    return () => {
      if (isTaken) this.#release(client);
      isTaken = false;
    };
  }

  #release(client: string): void {
    const left = (this.#taken.get(client) ?? 1) - 1;
    this.#count -= 1;
    if (left === 0) this.#taken.delete(client);
    else this.#taken.set(client, left);
  }
}
