import type { Clock } from "../../clock.ts";

/** A page is kept for this long, or for so many times as long as it took to render, if that is longer. */
const KEPT_MS = 1_000;
const KEPT_RENDER_TIMES = 5;
const MAX_KEPT = 32;
/** Pages that wait to be rendered. */
const MAX_WAITING = 8;
/** Rendering pauses for so many times as long as the last page took, so that scrapes come first. */
const PAUSE_RENDER_TIMES = 4;

interface KeptPage {
  readonly text: string;
  readonly untilMs: number;
}

/** Renders pages, as HTML or JSON, one at a time, with pauses, and keeps what it has rendered for a second or more. */
export class PageRenderer {
  readonly #clock: Clock;
  /** By their keys. */
  readonly #kept = new Map<string, KeptPage>();
  readonly #waiting = new Map<string, Promise<string>>();
  #lastRendered: Promise<void> = Promise.resolve();
  #nextRenderMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves to the text of the page with this key, or returns undefined at once if too many wait. */
  render(key: string, renderPage: () => string): Promise<string> | undefined {
    const kept = this.#kept.get(key);
    if (kept !== undefined && this.#clock.monotonicMs() < kept.untilMs) return Promise.resolve(kept.text);
    const waiting = this.#waiting.get(key);
    if (waiting !== undefined) return waiting;
    if (this.#waiting.size >= MAX_WAITING) return undefined;
    const page = this.#lastRendered
      .then(() => this.#pause())
      .then(() => this.#renderNow(key, renderPage))
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

  #renderNow(key: string, renderPage: () => string): string {
    const startMs = this.#clock.monotonicMs();
    const text = renderPage();
    const endMs = this.#clock.monotonicMs();
    const tookMs = endMs - startMs;
    this.#nextRenderMs = endMs + PAUSE_RENDER_TIMES * tookMs;
    this.#kept.delete(key);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size >= MAX_KEPT && oldest !== undefined) this.#kept.delete(oldest);
    this.#kept.set(key, { text, untilMs: endMs + Math.max(KEPT_MS, KEPT_RENDER_TIMES * tookMs) });
    return text;
  }
}
