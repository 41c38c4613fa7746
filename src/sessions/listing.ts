import { AwsFailure } from "../failure.ts";
import type { Session } from "./session.ts";
import { askForPage, type Conversation, type StateFilter } from "./call.ts";

/** 20,000 sessions: far over every quota of Athena, so a longer listing never ends. */
const MAX_PAGES = 200;

/** One listing of a poll, newest start first, read page by page and only as far as somebody needs it. */
export class Listing {
  readonly #stateFilter: StateFilter | undefined;
  readonly #tokens = new Set<string>();
  #nextToken: string | undefined;
  #oldestStartMs = Infinity;
  #pagesRead = 0;
  #requestedAtMs = 0;

  constructor(stateFilter?: StateFilter) {
    this.#stateFilter = stateFilter;
  }

  get isExhausted(): boolean {
    return this.#pagesRead > 0 && this.#nextToken === undefined;
  }

  get pagesRead(): number {
    return this.#pagesRead;
  }

  /** The oldest start that was read so far; Infinity before the first. */
  get oldestStartMs(): number {
    return this.#oldestStartMs;
  }

  /** When the first page was asked for, in Unix milliseconds of AWS' clock. */
  get requestedAtMs(): number {
    return this.#requestedAtMs;
  }

  /** Reads the next page. A page may be short, or empty with a token: both are normal. */
  *readPage(): Conversation<readonly Session[]> {
    if (this.#pagesRead >= MAX_PAGES) {
      throw new AwsFailure(
        "malformed_response",
        "ListSessions",
        `the listing has not ended after ${MAX_PAGES} pages`,
      );
    }
    const page = yield* askForPage(this.#stateFilter, this.#nextToken);
    if (this.#pagesRead === 0) this.#requestedAtMs = page.requestedAtMs;
    this.#pagesRead += 1;
    if (page.nextToken !== undefined && this.#tokens.has(page.nextToken)) {
      throw new AwsFailure("malformed_response", "ListSessions", "the listing repeats a NextToken");
    }
    if (page.nextToken !== undefined) this.#tokens.add(page.nextToken);
    this.#nextToken = page.nextToken;
    for (const { startMs } of page.sessions) {
      if (startMs !== undefined) this.#oldestStartMs = Math.min(this.#oldestStartMs, startMs);
    }
    return page.sessions;
  }
}
