import type { IncomingHttpHeaders } from "node:http";

/**
 * Whether a request that changes something may come from where it does: from a program, or from a page of this server. A page of
 * another one must not trigger it in the browser of somebody who can reach the exporter.
 * https://www.w3.org/TR/fetch-metadata/
 */
export function isSameOrigin(headers: IncomingHttpHeaders): boolean {
  const { origin, host } = headers;
  const site = headers["sec-fetch-site"];
  if (site !== undefined && site !== "same-origin" && site !== "none") return false;
  return origin === undefined || (URL.canParse(origin) && new URL(origin).host === host?.toLowerCase());
}
