import { ApiError } from "../failure.ts";
import { requestPage, type AnswerTime, type CallPlan, type SessionPage, type StateFilter } from "./call.ts";

/** Far above Athena's quotas: a longer listing is treated as endless. */
const MAX_SESSIONS = 20_000;
const MAX_PAGES = 200;

/** One listing of a poll, newest start first, read page by page and only as far as needed. */
export class Listing {
  readonly #stateFilter: StateFilter | undefined;
  readonly #tokens = new Set<string>();
  #nextToken: string | undefined;
  #oldestStartMs = Infinity;
  #pagesRead = 0;
  #sessionsRead = 0;
  #sentAtMs = 0;

  constructor(stateFilter?: StateFilter) {
    this.#stateFilter = stateFilter;
  }

  get isExhausted(): boolean {
    return this.#pagesRead > 0 && this.#nextToken === undefined;
  }

  get pagesRead(): number {
    return this.#pagesRead;
  }

  /** The oldest start read so far, in Unix milliseconds; Infinity before the first. */
  get oldestStartMs(): number {
    return this.#oldestStartMs;
  }

  /** When the first page was requested, in monotonic milliseconds. */
  get sentAtMs(): number {
    return this.#sentAtMs;
  }

  /** Reads the next page, which may be short, or empty with a token. Throws ApiError malformed_response where the listing is endless. */
  *readPage(): CallPlan<SessionPage & AnswerTime> {
    if (this.#pagesRead >= MAX_PAGES) throw endless(`the listing has not ended after ${MAX_PAGES} pages`);
    const page = yield* requestPage(this.#stateFilter, this.#nextToken);
    const { sessions, nextToken, sentAtMs } = page;
    if (this.#pagesRead === 0) this.#sentAtMs = sentAtMs;
    this.#pagesRead += 1;
    this.#sessionsRead += sessions.length;
    if (this.#sessionsRead > MAX_SESSIONS) throw endless(`the listing has over ${MAX_SESSIONS} sessions`);
    if (nextToken !== undefined && this.#tokens.has(nextToken))
      throw endless("the listing repeats a NextToken");
    if (nextToken !== undefined) this.#tokens.add(nextToken);
    this.#nextToken = nextToken;
    for (const { startMs } of sessions) {
      if (startMs !== undefined) this.#oldestStartMs = Math.min(this.#oldestStartMs, startMs);
    }
    return page;
  }
}

function endless(message: string): ApiError {
  return new ApiError("malformed_response", "ListSessions", message);
}
