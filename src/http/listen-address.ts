/** Where to listen: all interfaces, IPv4 and IPv6, where there is no host. */
export interface ListenAddress {
  readonly host?: string;
  readonly port: number;
}

const MAX_PORT = 65_535;

/**
 * Reads `:PORT`, `HOST:PORT` or `[IPv6]:PORT`. Port 0 lets the system choose.
 * @throws Error that says what is expected
 */
export function parseListenAddress(text: string): ListenAddress {
  const match = /^(?:\[([0-9a-fA-F:.%\w]+)\]|([^:[\]]*)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > MAX_PORT) {
    throw new Error(
      `listen address ${JSON.stringify(text)}: expected HOST:PORT, [IPV6]:PORT or :PORT, with a port up to ${MAX_PORT}`,
    );
  }
  const host = match[1] ?? match[2] ?? "";
  return host === "" ? { port } : { host, port };
}

/** The same as a person writes it. */
export function formatListenAddress({ host, port }: ListenAddress): string {
  if (host === undefined) return `:${port}`;
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
