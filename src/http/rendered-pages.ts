import type { Clock } from "../clock.ts";
import type { PageData } from "./page/overview.ts";
import { PageRenderer } from "./page/page-renderer.ts";
import type { RenderedAnswer, RenderedPath } from "./rendered-paths.ts";
import { RENDERED_RESOURCES } from "./rendered-resources.ts";

/** Renders the status page and the lists for programs. All share the limits of one renderer. */
export class RenderedPages {
  readonly #page: () => PageData;
  readonly #clock: Clock;
  readonly #renderer: PageRenderer;

  constructor(page: () => PageData, clock: Clock) {
    this.#page = page;
    this.#clock = clock;
    this.#renderer = new PageRenderer(clock);
  }

  /** See Render. */
  async render(path: RenderedPath, query: string): Promise<RenderedAnswer> {
    const { contentType, headers, prepare } = RENDERED_RESOURCES[path];
    const prepared = prepare(new URLSearchParams(query));
    if ("problem" in prepared) return prepared;
    const { key, render, headers: ownHeaders = [] } = prepared;
    const text = await this.#renderer.render(`${path} ${key}`, () =>
      render(this.#page(), this.#clock.wallMs()),
    );
    return text === undefined ? "busy" : { contentType, headers: new Map([...headers, ...ownHeaders]), text };
  }
}
