import type { IncomingHttpHeaders } from "node:http";

/**
 * Whether a request that changes something may come from where it does: from a program, or from a page of this server. A page of
 * another one must not trigger it in the browser of somebody who can reach the exporter.
 * https://www.w3.org/TR/fetch-metadata/
 */
export function isSameOrigin(headers: IncomingHttpHeaders, externalUrl?: string): boolean {
  const { origin, host } = headers;
  const site = headers["sec-fetch-site"];
  if (site !== undefined && site !== "same-origin" && site !== "none") return false;
  if (origin === undefined) return true;
  if (!URL.canParse(origin)) return false;
  // A proxy may change the Host header.
  const isExternal = externalUrl !== undefined && new URL(externalUrl).origin === new URL(origin).origin;
  return isExternal || new URL(origin).host === host?.toLowerCase();
}
