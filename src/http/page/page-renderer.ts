import type { Clock } from "../../clock.ts";
import type { PageData } from "./overview.ts";
import { pageHref, type PageRequest } from "./page-request.ts";
import { renderStatusPage } from "./status-page.ts";

/** A page is kept for this long, or for so many times as long as it took to render, if that is longer. */
const KEPT_MS = 1_000;
const KEPT_RENDER_TIMES = 5;
const MAX_KEPT = 32;
/** Pages that wait to be rendered. */
const MAX_WAITING = 8;
/** Rendering pauses for so many times as long as the last page took, so that scrapes come first. */
const PAUSE_RENDER_TIMES = 4;

interface KeptPage {
  readonly markup: string;
  readonly untilMs: number;
}

/** Renders the status page one at a time, with pauses, and keeps what it has rendered for a second or more. */
export class PageRenderer {
  readonly #data: () => PageData;
  readonly #clock: Clock;
  /** By the request. */
  readonly #kept = new Map<string, KeptPage>();
  readonly #waiting = new Map<string, Promise<string>>();
  #lastRendered: Promise<void> = Promise.resolve();
  #nextRenderMs = 0;

  constructor(data: () => PageData, clock: Clock) {
    this.#data = data;
    this.#clock = clock;
  }

  /** Resolves to the markup of a page, or returns undefined at once if too many wait. */
  render(request: PageRequest): Promise<string> | undefined {
    const key = `${pageHref(request)} ${request.unknownOrder}`;
    const kept = this.#kept.get(key);
    if (kept !== undefined && this.#clock.monotonicMs() < kept.untilMs) return Promise.resolve(kept.markup);
    const waiting = this.#waiting.get(key);
    if (waiting !== undefined) return waiting;
    if (this.#waiting.size >= MAX_WAITING) return undefined;
    const page = this.#lastRendered
      .then(() => this.#pause())
      .then(() => this.#renderNow(key, request))
      .finally(() => this.#waiting.delete(key));
    this.#lastRendered = page.then(
      () => undefined,
      () => undefined,
    );
    this.#waiting.set(key, page);
    return page;
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      this.#clock.after(this.#nextRenderMs - this.#clock.monotonicMs(), resolve);
    });
  }

  #renderNow(key: string, request: PageRequest): string {
    const startMs = this.#clock.monotonicMs();
    const markup = renderStatusPage(this.#data(), request, this.#clock.wallMs());
    const endMs = this.#clock.monotonicMs();
    const tookMs = endMs - startMs;
    this.#nextRenderMs = endMs + PAUSE_RENDER_TIMES * tookMs;
    this.#kept.delete(key);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size >= MAX_KEPT && oldest !== undefined) this.#kept.delete(oldest);
    this.#kept.set(key, { markup, untilMs: endMs + Math.max(KEPT_MS, KEPT_RENDER_TIMES * tookMs) });
    return markup;
  }
}
