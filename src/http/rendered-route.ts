import type { RequestHandler } from "express";
import type { Clock } from "../clock.ts";
import { dropSlowReader } from "./limits/slow-reader.ts";
import type { PageData } from "./page/overview.ts";
import type { PageRenderer } from "./page/page-renderer.ts";
import { sendText } from "./send-text.ts";

/** Something that is rendered from the board: the status page, or a list for programs. */
export interface RenderedResource {
  readonly contentType: string;
  readonly headers: ReadonlyMap<string, string>;
  /** What to render for the parameters of a URL, with a key that is the same for the same text; or what is wrong with them. */
  readonly prepare: (parameters: URLSearchParams) => Rendering | { readonly problem: string };
}

interface Rendering {
  readonly key: string;
  /** Beside those of the resource. */
  readonly headers?: ReadonlyMap<string, string>;
  /** `nowMs`: wall-clock time in Unix milliseconds. */
  readonly render: (data: PageData, nowMs: number) => string;
}

export interface RenderOptions {
  readonly page: () => PageData;
  readonly clock: Clock;
}

/** Serves a resource. All that share the renderer share its limits. */
export function renderedHandler(
  { contentType, headers, prepare }: RenderedResource,
  renderer: PageRenderer,
  { page, clock }: RenderOptions,
): RequestHandler {
  return async (request, response) => {
    // The target may be a whole URL, and an impossible one: only its query is of interest.
    const query = /\?.*$/s.exec(request.url)?.[0];
    const prepared = prepare(new URLSearchParams(query));
    if ("problem" in prepared) {
      sendText(response, 400, prepared.problem);
      return;
    }
    const { key, render, headers: ownHeaders = [] } = prepared;
    const text = await renderer.render(`${request.path} ${key}`, () => render(page(), clock.wallMs()));
    if (response.destroyed) return;
    if (text === undefined) {
      sendText(response, 503, "Too many pages wait to be rendered. Try again in a second.", {
        "Retry-After": "1",
      });
      return;
    }
    for (const [name, value] of [...headers, ...ownHeaders]) {
      // A header of --web.config.file holds.
      if (!response.hasHeader(name)) response.setHeader(name, value);
    }
    dropSlowReader(response, Buffer.byteLength(text), clock);
    response.type(contentType).send(text);
  };
}
