import { isIP, isIPv6 } from "node:net";
import { findDuplicates, list, textValue } from "./value.ts";

/** Where to listen on TCP. Without a host: all interfaces, IPv4 and IPv6. */
interface TcpAddress {
  /** A name or an address, without brackets. */
  readonly host?: string;
  /** 0 lets the system choose one. */
  readonly port: number;
}

/** Where to listen: on TCP, or on the Unix socket at an absolute path. */
export type ListenAddress = TcpAddress | { readonly path: string };

const HOST_NAME =
  /^(?=.{1,253}$)[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*$/;
const MAX_PORT = 65_535;
const UNIX = "unix://";
/** sun_path in unix(7), less the zero at its end. */
const MAX_PATH_BYTES = 107;

function parse(text: string): ListenAddress | undefined {
  if (text.startsWith(UNIX)) return parseUnix(text.slice(UNIX.length));
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

function parseUnix(path: string): ListenAddress | undefined {
  const isPath = /^\/[^\p{Cc}]*[^/\p{Cc}]$/u.test(path) && Buffer.byteLength(path) <= MAX_PATH_BYTES;
  return isPath ? { path } : undefined;
}

/** `:10284`, `host:port`, `[::1]:10284`, `unix:///run/exporter.sock`. */
export const listenAddress = textValue({
  expected: "HOST:PORT, :PORT for all interfaces, [IPV6]:PORT, or unix:///PATH",
  placeholder: "ADDRESS",
  parse,
  hint(text) {
    if (text.startsWith(UNIX)) return `the path must be absolute and of at most ${MAX_PATH_BYTES} bytes`;
    if (/^\d{1,5}$/.test(text)) {
      return `did you mean ":${text}"?`;
    }
    return /^[\da-fA-F:]*:[\da-fA-F]*:/.test(text) ? "put the IPv6 address in brackets" : undefined;
  },
});

/** The address as a user writes it; the inverse of `listenAddress`. */
export function formatListenAddress(address: ListenAddress): string {
  if ("path" in address) return `${UNIX}${address.path}`;
  const { host = "", port } = address;
  return isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Addresses to listen on, each once. */
export const listenAddresses = list(listenAddress, "addresses", 1, 100, (addresses) =>
  findDuplicates(addresses.map((address) => address && formatListenAddress(address))),
);
