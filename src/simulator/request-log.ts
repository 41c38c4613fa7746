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
/** More kinds of requests than any fleet here has; the first seen are forgotten first. */
const MAX_KINDS = 100_000;

/** The last requests, and how many there were of each kind. */
export class RequestLog {
  #entries: ServedRequest[] = [];
  readonly #counts = new Map<string, { readonly request: ServedRequest; count: number }>();
  #total = 0;

  /** The latest requests, oldest first; between 10,000 and 20,000 once there were as many. */
  get entries(): readonly ServedRequest[] {
    return this.#entries;
  }

  /** All requests ever served. */
  get total(): number {
    return this.#total;
  }

  /** How many requests that match were ever served. */
  count(match: RequestMatch = {}): number {
    const wanted = Object.entries(match);
    return [...this.#counts.values()]
      .filter(({ request }) => wanted.every(([name, value]) => request[name as keyof RequestMatch] === value))
      .reduce((sum, { count }) => sum + count, 0);
  }

  add(request: ServedRequest): void {
    this.#total += 1;
    this.#countKind(request);
    this.#entries.push(request);
    // Cut by halves, so that a full log does not move all its entries for each new one.
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
    if (this.#counts.size > MAX_KINDS && oldest !== undefined) this.#counts.delete(oldest);
  }
}
