import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";

/** A host name or address in a Host header, before the port. */
const HOST = /^(?:\[([0-9a-f:.]+)\]|([^\s:/@\\[\]]+))(?::\d{1,5})?$/i;

/** Why a request is refused for its Host header. */
export interface HostProblem {
  readonly status: 400 | 421;
  readonly text: string;
}

/**
 * Checks the Host header. With an external URL it must have that URL's host, so that a web page whose own name resolves to the
 * exporter's address cannot read it from within a browser (DNS rebinding). Addresses, `localhost` and names without a dot are no names
 * that such a page can have, so scrapes and probes that use them need no configuration.
 */
export function problemOfHost(
  { headers: { host }, httpVersion }: Pick<IncomingMessage, "headers" | "httpVersion">,
  externalUrl: string | undefined,
): HostProblem | undefined {
  if (host === undefined) {
    return httpVersion === "1.1"
      ? { status: 400, text: "A request of HTTP/1.1 needs a Host header." }
      : undefined;
  }
  if (externalUrl === undefined) return undefined;
  const [, address, name = ""] = HOST.exec(host.toLowerCase()) ?? [];
  const { hostname } = new URL(externalUrl);
  const isExpected = address === undefined ? isLocalName(name) || name === hostname : isIP(address) === 6;
  if (isExpected) return undefined;
  return {
    status: 421,
    text:
      `The Host header is not that of --web.external-url; expected ${hostname}, or an IP address, localhost or a name without a dot. ` +
      "Scrape one of these, or send this Host header.",
  };
}

function isLocalName(name: string): boolean {
  return isIP(name) === 4 || (name !== "" && !name.includes("."));
}
