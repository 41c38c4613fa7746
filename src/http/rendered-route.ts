import type { RequestHandler } from "express";
import type { Clock } from "../clock.ts";
import { dropSlowReader } from "./limits/slow-reader.ts";
import type { Render, RenderedPath } from "./rendered-paths.ts";
import { sendText } from "./send-text.ts";

/** Serves what is rendered for a path. */
export function renderedHandler(path: RenderedPath, render: Render, clock: Clock): RequestHandler {
  return async (request, response) => {
    // The target may be a whole URL, and an impossible one: only its query is of interest.
    const [query = ""] = /\?.*$/s.exec(request.url) ?? [];
    const answer = await render(path, query);
    if (response.destroyed) return;
    if (answer === "busy") {
      sendText(response, 503, "Too many pages wait to be rendered. Try again in a second.", {
        "Retry-After": "1",
      });
      return;
    }
    if ("problem" in answer) {
      sendText(response, 400, answer.problem);
      return;
    }
    for (const [name, value] of answer.headers) {
      // A header of --web.config.file holds.
      if (!response.hasHeader(name)) response.setHeader(name, value);
    }
    dropSlowReader(response, Buffer.byteLength(answer.text), clock);
    response.type(answer.contentType).send(answer.text);
  };
}
