import { isIP, isIPv6 } from "node:net";
import { findDuplicates, list, textValue } from "./value.ts";

/** Where to listen. Without a host: all interfaces, IPv4 and IPv6. */
export interface ListenAddress {
  /** A name or an address, without brackets. */
  readonly host?: string;
  /** 0 lets the system choose one. */
  readonly port: number;
}

const HOST_NAME =
  /^(?=.{1,253}$)[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*$/;
const MAX_PORT = 65_535;

function parse(text: string): ListenAddress | undefined {
  const [, bracketed, host, digits] = /^(?:\[([^\]]*)\]|([^:[\]]*)):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (digits === undefined || port > MAX_PORT) {
    return undefined;
  }
  if (bracketed !== undefined) {
    return isIPv6(bracketed) ? { host: bracketed, port } : undefined;
  }
  if (host === undefined || host === "") {
    return { port };
  }
  // All digits and dots is meant as an address, so that 10.0.0.256 is not looked up as a name.
  const isHost = /^[\d.]+$/.test(host) ? isIP(host) !== 0 : HOST_NAME.test(host);
  return isHost ? { host, port } : undefined;
}

/** `:10284`, `host:port`, `[::1]:10284`. */
export const listenAddress = textValue({
  expected: "HOST:PORT, :PORT for all interfaces, or [IPV6]:PORT",
  placeholder: "ADDRESS",
  parse,
  hint(text) {
    if (/^\d{1,5}$/.test(text)) {
      return `did you mean ":${text}"?`;
    }
    return /^[\da-fA-F:]*:[\da-fA-F]*:/.test(text) ? "put the IPv6 address in brackets" : undefined;
  },
});

/** The address as a user writes it; the inverse of `listenAddress`. */
export function formatListenAddress({ host = "", port }: ListenAddress): string {
  return isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Addresses to listen on, each once. */
export const listenAddresses = list(listenAddress, "addresses", 1, 100, (addresses) =>
  findDuplicates(addresses.map((address) => address && formatListenAddress(address))),
);
