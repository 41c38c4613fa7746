import type { RequestListener } from "node:http";
import { sendText } from "./send-text.ts";

/** The path and the query of a request target, which may be a whole URL if a proxy sends it. */
function originFormOf(target = ""): string {
  return target.replace(/^https?:\/\/[^/?]*/i, "");
}

/** The path of a request target. */
export function pathOf(target: string | undefined): string {
  return originFormOf(target).replace(/\?.*$/s, "");
}

/**
 * Serves `listener` under a prefix, such as `/athena`, and leads from `/` and the prefix itself to the status page. An empty prefix adds
 * nothing.
 */
export function underPrefix(prefix: string, listener: RequestListener): RequestListener {
  if (prefix === "") return listener;
  return (request, response) => {
    const path = pathOf(request.url);
    if (path.startsWith(`${prefix}/`)) {
      request.url = originFormOf(request.url).slice(prefix.length);
      listener(request, response);
    } else if (path === "/" || path === prefix) {
      // A relative URL is right behind a proxy, too.
      const location = path === "/" ? `${prefix.slice(1)}/` : `${prefix.slice(prefix.lastIndexOf("/") + 1)}/`;
      sendText(response, 302, `The status page is at ${prefix}/.`, { Location: location });
    } else {
      sendText(
        response,
        404,
        `Not found. All paths begin with ${prefix}/, as --web.route-prefix or --web.external-url says.`,
      );
    }
  };
}
