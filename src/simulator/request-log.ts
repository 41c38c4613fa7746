/** A request that was received, whether or not a response was sent. */
export interface ServedRequest {
  readonly service: "athena" | "sts" | "cloudtrail" | "servicequotas" | "organizations";
  /** "Unknown" if the request names no known operation. */
  readonly operation: string;
  /** The caller's account; for AssumeRole the account of the role; empty if authentication failed. */
  readonly accountId: string;
  readonly region: string;
  /** The workgroup of the request or of its session; empty if it has none. */
  readonly workgroup: string;
  readonly stateFilter: string;
  /** The HTTP status, even if a fault prevented the response from being sent. */
  readonly status: number;
  /** The AWS error code; empty on success. */
  readonly error: string;
  /** The kind of the fault that was applied; empty if none. */
  readonly fault: string;
  /** Unix milliseconds. */
  readonly atMs: number;
}

/** Selects requests by the values of their fields; an absent field matches every request. */
export type RequestFilter = Partial<Omit<ServedRequest, "atMs">>;

const MAX_ENTRIES = 20_000;
/** A limit on memory: above it the counts of the request kinds that were seen first are dropped. */
const MAX_REQUEST_KINDS = 100_000;

/** The latest requests, and the number of requests of each kind; a kind is every field but the time. */
export class RequestLog {
  #entries: ServedRequest[] = [];
  readonly #counts = new Map<string, { readonly request: ServedRequest; count: number }>();
  #total = 0;

  /** The latest requests, oldest first: all of the first 20,000, and between 10,000 and 20,000 after that. */
  get entries(): readonly ServedRequest[] {
    return this.#entries;
  }

  /** The number of requests since the start or the last `clear`. */
  get total(): number {
    return this.#total;
  }

  /** The number of matching requests since the start or the last `clear`. */
  count(filter: RequestFilter = {}): number {
    const wanted = Object.entries(filter);
    return [...this.#counts.values()]
      .filter(({ request }) =>
        wanted.every(([name, value]) => request[name as keyof RequestFilter] === value),
      )
      .reduce((sum, { count }) => sum + count, 0);
  }

  add(request: ServedRequest): void {
    this.#total += 1;
    this.#countKind(request);
    this.#entries.push(request);
    // Dropping half at once avoids copying the full log for each new entry.
    if (this.#entries.length > MAX_ENTRIES) this.#entries = this.#entries.slice(MAX_ENTRIES / 2);
  }

  clear(): void {
    this.#entries = [];
    this.#counts.clear();
    this.#total = 0;
  }

  #countKind(request: ServedRequest): void {
    const kind = JSON.stringify({ ...request, atMs: 0 });
    const known = this.#counts.get(kind);
    if (known !== undefined) {
      known.count += 1;
      return;
    }
    this.#counts.set(kind, { request, count: 1 });
    const [oldest] = this.#counts.keys();
    if (this.#counts.size > MAX_REQUEST_KINDS && oldest !== undefined) this.#counts.delete(oldest);
  }
}
