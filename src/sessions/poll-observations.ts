import type { FailureReason } from "../failure.ts";
import type { AnswerTime, CallPlan, StateFilter } from "./call.ts";
import { Listing } from "./listing.ts";
import { mergeSessions } from "./session-merge.ts";
import type { Session, SessionDetails } from "./session.ts";
import type { ActiveSession, Tracker } from "./tracker.ts";

/** The details of a session that Athena no longer knows. */
const NO_DETAILS: SessionDetails = { executionRole: "" };

/** A session as the responses of a poll show it. */
export interface Observation {
  readonly session: Session;
  /** When the latest response that shows it was requested, in monotonic milliseconds. */
  readonly sentAtMs: number;
}

/** What one poll has observed so far. Each listing is read at most once, page by page. */
export class PollObservations {
  readonly #tracker: Tracker;
  readonly #sessions = new Map<string, Observation>();
  readonly #unidentified: Session[] = [];
  readonly #notFound = new Set<string>();
  readonly #details = new Map<string, SessionDetails>();
  readonly #listings = new Map<StateFilter | "unfiltered", Listing>();
  #awsOffsetMs = 0;

  constructor(tracker: Tracker) {
    this.#tracker = tracker;
  }

  /** The sessions that a response showed, by id, each as of its latest response. */
  get sessions(): ReadonlyMap<string, Observation> {
    return this.#sessions;
  }

  /** AWS' clock less the monotonic one, in milliseconds, as estimated last. */
  get awsOffsetMs(): number {
    return this.#awsOffsetMs;
  }

  /** Sessions without an id, which the API's model allows. */
  get unidentified(): readonly Session[] {
    return this.#unidentified;
  }

  /** Ids that Athena does not know. */
  get notFound(): ReadonlySet<string> {
    return this.#notFound;
  }

  /** The details read by this poll, by session id. */
  get details(): ReadonlyMap<string, SessionDetails> {
    return this.#details;
  }

  /** The sessions that were active at the last poll and that this one has not observed. */
  missing(): ActiveSession[] {
    const missing: ActiveSession[] = [];
    for (const [id, active] of this.#tracker.active) {
      if (!this.#sessions.has(id) && !this.#notFound.has(id)) missing.push(active);
    }
    return missing;
  }

  /** Reads a listing to its end; without a filter, Athena lists the sessions in an active state. */
  *list(filter?: StateFilter): CallPlan<Listing> {
    return yield* this.listUntil(filter, () => false);
  }

  /** Reads a listing page by page to its end, or until `isEnough` after a page. */
  *listUntil(filter: StateFilter | undefined, isEnough: (listing: Listing) => boolean): CallPlan<Listing> {
    const listing = this.#listings.get(filter ?? "unfiltered") ?? new Listing(filter);
    this.#listings.set(filter ?? "unfiltered", listing);
    while (!listing.isExhausted && !(listing.pagesRead > 0 && isEnough(listing))) {
      const page = yield* listing.readPage();
      this.#awsOffsetMs = page.awsOffsetMs;
      for (const session of page.sessions) this.#observe(session, page);
    }
    return listing;
  }

  /** Looks one session up by its id. */
  *lookUp(sessionId: string): CallPlan<void> {
    const { answer, ...time } = yield { operation: "GetSessionStatus", sessionId };
    if (answer.kind === "session") this.#observe(answer.session, time);
    if (answer.kind === "not_found") this.#notFound.add(sessionId);
  }

  /** Reads what only GetSession returns. Returns why it failed, if it did. */
  *readDetails(sessionId: string): CallPlan<FailureReason | undefined> {
    const { answer, ...time } = yield { operation: "GetSession", sessionId };
    if (answer.kind === "session") {
      this.#observe(answer.session, time);
      this.#details.set(sessionId, answer.details ?? NO_DETAILS);
    }
    if (answer.kind === "not_found") this.#details.set(sessionId, NO_DETAILS);
    return answer.kind === "no_details" ? answer.reason : undefined;
  }

  #observe(session: Session, { sentAtMs }: AnswerTime): void {
    if (session.id === "") {
      this.#unidentified.push(session);
      return;
    }
    const known = this.#sessions.get(session.id)?.session;
    this.#sessions.set(session.id, {
      session: known === undefined ? session : mergeSessions(known, session),
      sentAtMs,
    });
  }
}
