import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { formatListenAddress, type ListenAddress } from "../config/values/listen-address.ts";
import { type AppOptions, createApp } from "./app.ts";

/** The time limits of connections, in milliseconds. */
export interface ServerTimeouts {
  /** From the connection, or the first byte of a request, to the end of the request's headers. */
  readonly headersMs: number;
  /** To the end of a request's body. */
  readonly requestMs: number;
  /** Without a byte read or written during a response. */
  readonly stalledMs: number;
  /** Between two requests of a connection; longer than a usual scrape interval. */
  readonly keepAliveMs: number;
  /** How often the first two are checked. */
  readonly checkMs: number;
}

export const DEFAULT_TIMEOUTS: ServerTimeouts = {
  headersMs: 5000,
  requestMs: 10_000,
  stalledMs: 20_000,
  keepAliveMs: 75_000,
  checkMs: 1000,
};

/** Concurrent connections to one address; further ones are dropped. */
const MAX_CONNECTIONS = 1000;
const MAX_HEADER_BYTES = 16 * 1024;

export interface HttpServerOptions extends AppOptions {
  readonly timeouts?: ServerTimeouts;
}

/** Serves the routes on any number of addresses. */
export class HttpServer {
  readonly #options: HttpServerOptions;
  readonly #servers: Server[] = [];
  readonly #app: ReturnType<typeof createApp>;
  #closing = false;

  constructor(options: HttpServerOptions) {
    this.#options = options;
    this.#app = createApp(options);
  }

  /**
   * Listens on all addresses and resolves to the bound ones, with their ports. If one fails, it closes the others and
   * rejects with an error of one line.
   */
  async listen(addresses: readonly ListenAddress[]): Promise<readonly ListenAddress[]> {
    try {
      const bound: ListenAddress[] = [];
      for (const address of addresses) bound.push(await this.#listenOn(address));
      return bound;
    } catch (error) {
      await this.close(0);
      throw error;
    }
  }

  /** Stops accepting connections, waits at most `graceMs` for responses to finish, then closes all connections. */
  async close(graceMs: number): Promise<void> {
    this.#closing = true;
    const servers = this.#servers.splice(0);
    const cancel = this.#options.clock.after(graceMs, () => {
      for (const server of servers) server.closeAllConnections();
    });
    const closed = servers.map((server) => new Promise((resolve) => server.close(resolve)));
    await Promise.all(closed);
    cancel();
  }

  async #listenOn(address: ListenAddress): Promise<ListenAddress> {
    const server = this.#createServer();
    server.listen(address);
    try {
      await once(server, "listening");
    } catch (error) {
      throw listenError(address, error as NodeJS.ErrnoException);
    }
    server.on("error", this.#options.onError);
    this.#servers.push(server);
    return { ...address, port: (server.address() as AddressInfo).port };
  }

  #createServer(): Server {
    const { headersMs, requestMs, stalledMs, keepAliveMs, checkMs } =
      this.#options.timeouts ?? DEFAULT_TIMEOUTS;
    const server = createServer({
      headersTimeout: headersMs,
      requestTimeout: requestMs,
      keepAliveTimeout: keepAliveMs,
      connectionsCheckingInterval: checkMs,
      maxHeaderSize: MAX_HEADER_BYTES,
    });
    server.timeout = stalledMs;
    server.maxConnections = MAX_CONNECTIONS;
    server.on("request", (request, response) => {
      if (this.#closing) response.setHeader("Connection", "close");
      response.once("close", () => {
        // The connection of this response was not idle yet when closing began.
        if (this.#closing) server.closeIdleConnections();
      });
      this.#app(request, response);
    });
    return server;
  }
}

/** Creates a server that does not listen yet. */
export function createHttpServer(options: HttpServerOptions): HttpServer {
  return new HttpServer(options);
}

function listenError(address: ListenAddress, error: NodeJS.ErrnoException): Error {
  const host = address.host ?? "all interfaces";
  const messages: Readonly<Record<string, string>> = {
    EADDRINUSE: `port ${address.port} on ${host} is already in use; choose another with --web.listen-address`,
    EACCES: `no permission to listen on port ${address.port} on ${host}; choose a port over 1023 with --web.listen-address`,
    EADDRNOTAVAIL: `${host} is not an address of this host; see --web.listen-address`,
    ENOTFOUND: `the host name ${host} cannot be resolved; see --web.listen-address`,
  };
  const message =
    messages[error.code ?? ""] ?? `cannot listen on ${formatListenAddress(address)}: ${error.message}`;
  return new Error(message, { cause: error });
}
