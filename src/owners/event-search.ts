/** A time by AWS' clock, in Unix milliseconds, and by the monotonic one. */
export interface SearchTime {
  readonly awsMs: number;
  readonly monotonicMs: number;
}

/** A span of time in which events are looked up, in Unix milliseconds of AWS' clock; both ends included. */
export interface TimeWindow {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface EventSearchOptions {
  /** How long before the expected time the event may have happened. */
  readonly earlierMs: number;
  /** How long after its time CloudTrail may show an event for the first time. */
  readonly delayMs: number;
  /** The shortest time between two lookups of a session's event. */
  readonly minRetryMs: number;
}

/** A session whose event CloudTrail would have shown by now. */
export interface MissingEvent {
  readonly sessionId: string;
  /** Every page with the event's time was read, so there is no event. */
  readonly isCertain: boolean;
}

interface Sought {
  /** When the event is expected to have happened, by AWS' clock. */
  readonly expectedMs: number;
  /** When to look for it, by the monotonic clock. */
  dueMs: number;
  wasLookedUp: boolean;
}

/** Clocks of AWS' services differ a little. */
const LATER_MS = 60_000;
/** Windows that are closer than this are looked up as one: most pages are not full. */
const MERGED_GAP_MS = 30 * 60_000;
/** An event that has not shown up is looked up again after this part of its age, */
const RETRY_SHARE = 0.25;
/** and at the latest after this. */
const MAX_RETRY_MS = 3_600_000;
/** CloudTrail keeps events for 90 days, and refuses to look up what is older. */
const KEPT_MS = 90 * 24 * 3_600_000;

/** Which events of one operation are sought, and when to look for them: those of many sessions by few lookups. */
export class EventSearch {
  readonly #options: EventSearchOptions;
  readonly #sought = new Map<string, Sought>();

  constructor(options: EventSearchOptions) {
    this.#options = options;
  }

  /** Seeks the event of a session, which is expected to have happened at `expectedMs` by AWS' clock; one that is sought already stays. */
  add(sessionId: string, expectedMs: number, now: SearchTime): void {
    if (this.#sought.has(sessionId)) return;
    const dueMs = now.monotonicMs + Math.max(0, this.#options.minRetryMs - (now.awsMs - expectedMs));
    this.#sought.set(sessionId, { expectedMs, dueMs, wasLookedUp: false });
  }

  /** Ends the search for the event of a session. Returns whether it was sought. */
  remove(sessionId: string): boolean {
    return this.#sought.delete(sessionId);
  }

  /** Whether every event that is sought was looked up at least once, except for those that CloudTrail no longer has. */
  wasAllLookedUp(awsMs: number): boolean {
    return [...this.#sought.values()].every((sought) => sought.wasLookedUp || !this.#isKept(sought, awsMs));
  }

  /** When a lookup is due, in monotonic milliseconds; Infinity if nothing is sought. */
  dueMs(awsMs: number): number {
    let dueMs = Infinity;
    for (const sought of this.#sought.values()) {
      if (this.#isKept(sought, awsMs)) dueMs = Math.min(dueMs, sought.dueMs);
    }
    return dueMs;
  }

  /** The span of time to look up next: the latest in which events are due, and others that are close to each other; undefined if none is due. */
  nextWindow(now: SearchTime): TimeWindow | undefined {
    const due = [...this.#sought.values()]
      .filter((sought) => sought.dueMs <= now.monotonicMs && this.#isKept(sought, now.awsMs))
      .sort((a, b) => b.expectedMs - a.expectedMs);
    const [latest] = due;
    if (latest === undefined) return undefined;
    let { fromMs } = this.#windowOf(latest);
    for (const sought of due) {
      const window = this.#windowOf(sought);
      if (window.toMs < fromMs - MERGED_GAP_MS) break;
      fromMs = window.fromMs;
    }
    fromMs = Math.max(fromMs, now.awsMs - KEPT_MS);
    const toMs = Math.min(this.#windowOf(latest).toMs, now.awsMs);
    return { fromMs, toMs: Math.max(fromMs, toMs) };
  }

  /**
   * A window was looked up. What is still sought in it is looked up again later.
   * @param completeFromMs the later part of the window from here on was read whole
   * @param began when the lookup began
   */
  lookedUp({ fromMs, toMs }: TimeWindow, completeFromMs: number, began: SearchTime): readonly MissingEvent[] {
    const { delayMs, minRetryMs } = this.#options;
    const missing: MissingEvent[] = [];
    for (const [sessionId, sought] of this.#sought) {
      const { expectedMs } = sought;
      // AWS' clock may have been corrected since: what it has still to reach is looked up again, too.
      const isAfter = expectedMs > toMs && expectedMs <= began.awsMs;
      // An event that was not due may be just outside of a window for others: it is looked up when it is.
      const isCovered = Math.max(this.#windowOf(sought).fromMs, began.awsMs - KEPT_MS) >= fromMs;
      if (expectedMs < fromMs || isAfter || !isCovered) continue;
      const ageMs = began.awsMs - expectedMs;
      const retryMs = Math.min(Math.max(minRetryMs, RETRY_SHARE * ageMs), MAX_RETRY_MS);
      sought.dueMs = began.monotonicMs + retryMs;
      sought.wasLookedUp = true;
      const isCertain = this.#windowOf(sought).fromMs >= completeFromMs;
      if (ageMs >= delayMs) missing.push({ sessionId, isCertain });
    }
    return missing;
  }

  /** The sessions whose event CloudTrail would have shown by now, whether or not it was looked up. */
  overdue(awsMs: number): readonly string[] {
    return [...this.#sought].flatMap(([sessionId, { expectedMs }]) =>
      awsMs - expectedMs >= this.#options.delayMs ? [sessionId] : [],
    );
  }

  #windowOf({ expectedMs }: Sought): TimeWindow {
    return { fromMs: expectedMs - this.#options.earlierMs, toMs: expectedMs + LATER_MS };
  }

  #isKept({ expectedMs }: Sought, awsMs: number): boolean {
    return awsMs - expectedMs < KEPT_MS;
  }
}
