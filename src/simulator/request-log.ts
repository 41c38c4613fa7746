/** A request that was served, or was left to hang. */
export interface ServedRequest {
  readonly service: "athena" | "sts";
  /** "Unknown" where the request names none that exists. */
  readonly operation: string;
  /** The caller's; for AssumeRole that of the role; empty while the caller is unknown. */
  readonly accountId: string;
  readonly region: string;
  /** That of the request or of its session; empty if none. */
  readonly workgroup: string;
  readonly stateFilter: string;
  /** The HTTP status; what was meant to be sent if a fault kept it back. */
  readonly status: number;
  /** The error's name; empty on success. */
  readonly error: string;
  /** The kind of fault that befell it; empty if none. */
  readonly fault: string;
  readonly atMs: number;
}

export type RequestMatch = Partial<Omit<ServedRequest, "atMs">>;

const MAX_ENTRIES = 20_000;

/** The last requests, and how many there were. */
export class RequestLog {
  #entries: ServedRequest[] = [];
  #total = 0;

  /** The latest requests, oldest first; at most 20,000. */
  get entries(): readonly ServedRequest[] {
    return this.#entries;
  }

  /** All requests ever served. */
  get total(): number {
    return this.#total;
  }

  /** How many of the kept entries match. */
  count(match: RequestMatch = {}): number {
    const wanted = Object.entries(match);
    return this.#entries.filter((entry) =>
      wanted.every(([name, value]) => entry[name as keyof RequestMatch] === value),
    ).length;
  }

  add(request: ServedRequest): void {
    this.#total += 1;
    this.#entries.push(request);
    // Cut by halves, so that a full log does not move all its entries for each new one.
    if (this.#entries.length > MAX_ENTRIES) this.#entries = this.#entries.slice(MAX_ENTRIES / 2);
  }

  clear(): void {
    this.#entries = [];
    this.#total = 0;
  }
}
