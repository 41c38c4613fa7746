import { hasEnded, type Session, type SessionDetails } from "./session.ts";
import type { Answer, Conversation, StateFilter } from "./call.ts";
import { Listing } from "./listing.ts";
import type { LivingSession, Tracker } from "./tracker.ts";

/** Of a session that Athena does not know there is nothing more to learn. */
const NO_DETAILS: SessionDetails = { executionRole: "" };

/** What one poll has asked and learned so far. No listing is begun twice, and a page is read once. */
export class Inquiry {
  readonly #tracker: Tracker;
  readonly #observed = new Map<string, Session>();
  readonly #unidentified: Session[] = [];
  readonly #notFound = new Set<string>();
  readonly #details = new Map<string, SessionDetails>();
  readonly #wantsDetails: boolean;
  readonly #listings = new Map<StateFilter | "unfiltered", Listing>();
  #mayLookUp: boolean;
  #wasDenied = false;

  constructor(tracker: Tracker, wantsDetails: boolean) {
    this.#tracker = tracker;
    this.#wantsDetails = wantsDetails;
    this.#mayLookUp = tracker.polls >= tracker.lookupsDeniedUntilPoll;
  }

  /** Each session that a call showed, at its latest. */
  get observed(): ReadonlyMap<string, Session> {
    return this.#observed;
  }

  /** Sessions that were shown without an id, which the API's model allows. */
  get unidentified(): readonly Session[] {
    return this.#unidentified;
  }

  get notFound(): ReadonlySet<string> {
    return this.#notFound;
  }

  /** What GetSession told in this poll; without any member for a session that it does not know. */
  get details(): ReadonlyMap<string, SessionDetails> {
    return this.#details;
  }

  get mayLookUp(): boolean {
    return this.#mayLookUp;
  }

  /** Whether this poll was the one that learned that lookups are not permitted. */
  get wasDenied(): boolean {
    return this.#wasDenied;
  }

  /** The sessions that lived at the last poll and of which this one knows nothing yet. */
  missing(): LivingSession[] {
    const missing: LivingSession[] = [];
    for (const [id, living] of this.#tracker.living) {
      if (!this.#observed.has(id) && !this.#notFound.has(id)) missing.push(living);
    }
    return missing;
  }

  /** Reads a listing to its end; all sessions of an active state where no filter is given. */
  *list(filter?: StateFilter): Conversation<Listing> {
    return yield* this.listUntil(filter, () => false);
  }

  /** Reads a listing page by page to its end, or until a page that was read is enough. */
  *listUntil(
    filter: StateFilter | undefined,
    isEnough: (listing: Listing) => boolean,
  ): Conversation<Listing> {
    const listing = this.#listings.get(filter ?? "unfiltered") ?? new Listing(filter);
    this.#listings.set(filter ?? "unfiltered", listing);
    while (!listing.isExhausted && !(listing.pagesRead > 0 && isEnough(listing))) {
      for (const session of yield* listing.readPage()) this.#observe(session);
    }
    return listing;
  }

  /** Asks for one session by its id. */
  *lookUp(id: string): Conversation<void> {
    const answer = this.#wantsDetails
      ? yield { operation: "GetSession", sessionId: id, isOptional: false }
      : yield { operation: "GetSessionStatus", sessionId: id };
    this.#take(id, answer);
    if (answer.kind === "not_found") this.#notFound.add(id);
  }

  /** Asks for what listings don't tell of a session. */
  *askForDetails(id: string): Conversation<void> {
    const answer = yield { operation: "GetSession", sessionId: id, isOptional: true };
    this.#take(id, answer);
    if (answer.kind === "not_found") this.#details.set(id, NO_DETAILS);
  }

  #take(id: string, answer: Answer): void {
    if (answer.kind === "session") {
      this.#observe(answer.session);
      if (answer.details !== undefined) this.#details.set(id, answer.details);
    }
    if (answer.kind === "denied") {
      this.#mayLookUp = false;
      this.#wasDenied = true;
    }
  }

  #observe(session: Session): void {
    if (session.id === "") {
      this.#unidentified.push(session);
      return;
    }
    const known = this.#observed.get(session.id);
    this.#observed.set(session.id, known === undefined ? session : latest(known, session));
  }
}

/**
 * Of two views of one session the one with the later LastModifiedDateTime; at a tie an end, else the later answer. What
 * only the other one tells is kept: lookups tell less than listings.
 */
export function latest(earlierAnswer: Session, laterAnswer: Session): Session {
  const difference = modifiedMs(laterAnswer) - modifiedMs(earlierAnswer);
  const isLaterAnswer = difference === 0 ? !hasEnded(earlierAnswer.state) : difference > 0;
  return isLaterAnswer ? enrich(laterAnswer, earlierAnswer) : enrich(earlierAnswer, laterAnswer);
}

/**
 * A view of a session, completed by another of the same one with what does not change in its life. Where they are alike it
 * is the other one: most sessions are as they were, and copies that live from poll to poll cost more than comparing.
 */
export function enrich(session: Session, other: Session): Session {
  const isComplete =
    session.startMs !== undefined && session.description !== "" && session.engineVersion !== "";
  const completed = isComplete ? session : complete(session, other);
  return isAlike(completed, other) ? other : completed;
}

function complete(session: Session, other: Session): Session {
  const startMs = session.startMs ?? other.startMs;
  return {
    ...session,
    ...(startMs !== undefined && { startMs }),
    description: session.description === "" ? other.description : session.description,
    engineVersion: session.engineVersion === "" ? other.engineVersion : session.engineVersion,
  };
}

function isAlike(one: Session, other: Session): boolean {
  return (
    one.id === other.id &&
    one.state === other.state &&
    one.startMs === other.startMs &&
    one.lastModifiedMs === other.lastModifiedMs &&
    one.endMs === other.endMs &&
    one.idleSinceMs === other.idleSinceMs &&
    one.stateReason === other.stateReason &&
    one.description === other.description &&
    one.engineVersion === other.engineVersion
  );
}

function modifiedMs(session: Session): number {
  return session.lastModifiedMs ?? session.endMs ?? 0;
}
