import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { formatListenAddress, type ListenAddress } from "../config/listen-address.ts";
import { type AppOptions, createApp } from "./app.ts";

/** How long clients may take, in milliseconds. */
export interface ServerTimeouts {
  /** From connecting, or a request's first byte, to the end of its headers. */
  readonly headersMs: number;
  /** To the end of a request's body. */
  readonly requestMs: number;
  /** Without a byte read or written while a response is under way. */
  readonly stalledMs: number;
  /** Between two requests of one connection; longer than a usual scrape interval. */
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

/** Connections at a time on one address; more are dropped. */
const MAX_CONNECTIONS = 1000;
const MAX_HEADER_BYTES = 16 * 1024;

export interface HttpServerOptions extends AppOptions {
  readonly timeouts?: ServerTimeouts;
}

/** Serves one app on any number of addresses. */
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
   * Listens on every address and gives what they were bound to. It rejects
   * with one line for a person where one of them cannot be had, and then listens on none.
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

  /** Takes no more connections, lets responses finish for `graceMs` at most, then drops what is left. */
  async close(graceMs: number): Promise<void> {
    this.#closing = true;
    const servers = this.#servers.splice(0);
    const cancel = this.#options.clock.after(graceMs, () => {
      for (const server of servers) server.closeAllConnections();
    });
    await Promise.all(servers.map(closed));
    cancel();
  }

  #listenOn(address: ListenAddress): Promise<ListenAddress> {
    const server = this.#createServer();
    return new Promise((resolve, reject) => {
      server.once("error", (error: NodeJS.ErrnoException) => reject(listenError(address, error)));
      server.listen(address, () => {
        server.removeAllListeners("error");
        server.on("error", this.#options.onError);
        this.#servers.push(server);
        resolve({ ...address, port: (server.address() as AddressInfo).port });
      });
    });
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
      response.once("close", () => this.#dropIdle(server));
      this.#app(request, response);
    });
    return server;
  }

  /** A connection that was busy when closing began is idle only now. */
  #dropIdle(server: Server): void {
    if (this.#closing) server.closeIdleConnections();
  }
}

/** The server for an app; see HttpServer. */
export function createHttpServer(options: HttpServerOptions): HttpServer {
  return new HttpServer(options);
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}

function listenError(address: ListenAddress, error: NodeJS.ErrnoException): Error {
  const place = address.host === undefined ? "all interfaces" : address.host;
  const words: Readonly<Record<string, string>> = {
    EADDRINUSE: `port ${address.port} on ${place} is taken; choose another with --web.listen-address`,
    EACCES: `port ${address.port} on ${place} needs more rights; choose one over 1023 with --web.listen-address`,
    EADDRNOTAVAIL: `${place} is no address of this host; see --web.listen-address`,
    ENOTFOUND: `the name ${place} is unknown; see --web.listen-address`,
  };
  const why = words[error.code ?? ""] ?? `cannot listen on ${formatListenAddress(address)}: ${error.message}`;
  return new Error(why, { cause: error });
}
