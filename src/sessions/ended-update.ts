import type { EndedSession, EndedSessions } from "./ended-sessions.ts";
import { LISTING_LAG_MS, type Reconciliation } from "./reconciliation.ts";
import type { EndedState, Session } from "./session.ts";

/** Ended sessions count as recently ended for this long. */
export const RECENTLY_ENDED_MS = 3_600_000;
/** In a workgroup; a busy one ends some thousand sessions an hour, so this bounds memory and is not a setting. */
export const MAX_REMEMBERED_ENDS = 20_000;

/**
 * The estimate of AWS' clock changes a little from poll to poll, and steps of that clock are followed. So what was counted is remembered for
 * this much longer than it could be taken for uncounted.
 */
const CLOCK_MARGIN_MS = 10 * 60_000;

/** The ended sessions of the next tracker, made of those of the last one and of what a poll observed. */
export class EndedUpdate {
  readonly #before: EndedSessions;
  readonly #reconciliation: Reconciliation;
  /** A monotonic time in Unix milliseconds of AWS' clock. */
  readonly #toAwsClock: (monotonicMs: number) => number;
  readonly #changes = new Map<string, EndedSession | undefined>();

  /** `reconciliation`: what was covered before the poll. */
  constructor(
    before: EndedSessions,
    reconciliation: Reconciliation,
    toAwsClock: (monotonicMs: number) => number,
  ) {
    this.#before = before;
    this.#reconciliation = reconciliation;
    this.#toAwsClock = toAwsClock;
  }

  get(id: string): EndedSession | undefined {
    return this.#changes.has(id) ? this.#changes.get(id) : this.#before.get(id);
  }

  /** Undefined: it shows up again as active. */
  set(id: string, end: EndedSession | undefined): void {
    this.#changes.set(id, end);
  }

  /** There is nothing more to read of those whose usage `isRead`. */
  settleUsage(isRead: (id: string) => boolean): void {
    for (const id of this.#before.awaitingUsage()) {
      const end = this.get(id);
      if (end?.awaitsUsage === true && isRead(id)) this.set(id, { ...end, awaitsUsage: false });
    }
  }

  /**
   * Whether an ended session that is not known was never counted. One that was counted is remembered for as long as this could hold of
   * it, see `remembered`.
   */
  isUncounted(session: Session, state: EndedState, endMs: number): boolean {
    const { endedCoveredMs, endedListedMs } = this.#reconciliation;
    return this.#mayBeUncounted(startOf(session), endMs, endedCoveredMs[state], endedListedMs[state]);
  }

  /**
   * Forgets an ended session once its usage is read, and it is neither recent nor could be taken for an uncounted one.
   * `reconciliation`: what is covered after the poll.
   */
  remembered({ endedCoveredMs, endedListedMs }: Reconciliation, nowMs: number): EndedSessions {
    const covered = { ...endedCoveredMs, UNKNOWN: Math.min(...Object.values(endedCoveredMs)) };
    const listed = { ...endedListedMs, UNKNOWN: Math.min(...Object.values(endedListedMs)) };
    return this.#before
      .with(this.#changes)
      .forget(
        nowMs - RECENTLY_ENDED_MS,
        ({ state, startMs, endMs, awaitsUsage }) =>
          !awaitsUsage &&
          !this.#mayBeUncounted(
            startMs + CLOCK_MARGIN_MS,
            endMs + CLOCK_MARGIN_MS,
            covered[state],
            listed[state],
          ),
        MAX_REMEMBERED_ENDS,
      );
  }

  /** A session that ended after the last listing of its state was not in it; one that started after `coveredMs` may not have been. */
  #mayBeUncounted(startMs: number, endMs: number, coveredMs: number, listedMs: number): boolean {
    return (
      startMs >= this.#toAwsClock(coveredMs) - LISTING_LAG_MS ||
      endMs >= this.#toAwsClock(listedMs) - LISTING_LAG_MS
    );
  }
}

/** In Unix milliseconds of AWS' clock; 0 where it is not known. */
export function startOf(session: Session): number {
  return session.startMs ?? session.lastModifiedMs ?? 0;
}
