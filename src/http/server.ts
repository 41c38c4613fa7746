import { createServer, type RequestListener, type Server } from "node:http";
import { Server as SecureServer, type ServerOptions } from "node:https";
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { isDeepStrictEqual } from "node:util";
import { OPEN_ACCESS, type AccessConfig, type TlsConfig } from "../config/web/access-config.ts";
import { AccessControl } from "./access/access-control.ts";
import { identityOf, isClientAllowed, requestsCertificate } from "./access/client-certificate.ts";
import { clientOf } from "./limits/client-address.ts";
import { ClientConnections } from "./limits/client-connections.ts";
import { ClientSlots } from "./limits/client-slots.ts";
import { oneAtATime } from "./limits/one-at-a-time.ts";
import { parseInPieces } from "./limits/small-pieces.ts";
import { createApp } from "./app.ts";
import type { AppOptions } from "./express-routes.ts";
import { listen, type BoundAddress, type ListenTarget } from "./listen.ts";

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

/** Concurrent connections to one address, and of one client to all; further ones are dropped. */
const MAX_CONNECTIONS = 1000;
const MAX_CONNECTIONS_OF_CLIENT = 500;
const MAX_HEADER_BYTES = 16 * 1024;
const PROBES = ["/-/healthy", "/-/ready"];

export interface HttpServerOptions extends AppOptions {
  readonly timeouts?: ServerTimeouts;
  /** Open to everybody by default. */
  readonly access?: AccessConfig;
  /** Whether probes of Kubernetes, which send no password, are answered without one. */
  readonly hasOpenProbes?: boolean;
}

/** Serves the routes on any number of addresses. */
export class HttpServer {
  readonly #options: HttpServerOptions;
  readonly #servers: Server[] = [];
  readonly #control: AccessControl;
  readonly #listener: RequestListener;
  #tls: TlsConfig | undefined;
  /** The connections that were made with the present TLS configuration. */
  #current = new WeakSet<Socket>();
  readonly #slots = new ClientSlots(Number.POSITIVE_INFINITY, MAX_CONNECTIONS_OF_CLIENT);
  readonly #connections = new ClientConnections();
  /** The connections on which too many requests wait. */
  readonly #flooded = new WeakSet<Socket>();
  readonly #closing: Server[] = [];

  constructor(options: HttpServerOptions) {
    const { access = OPEN_ACCESS, hasOpenProbes = false, routePrefix = "", clock, onError } = options;
    this.#options = options;
    this.#tls = access.tls;
    const openPaths = new Set(hasOpenProbes ? PROBES.map((path) => routePrefix + path) : []);
    this.#control = new AccessControl(access, { openPaths, clock, onError });
    const protectedApp = this.#control.protect(createApp(options));
    this.#listener = oneAtATime(protectedApp, {
      ended: (socket) => {
        this.#connections.markAnswered(socket);
        // It was not idle yet when closing began.
        for (const server of this.#closing) server.closeIdleConnections();
      },
      flooded: (socket) => {
        this.#flooded.add(socket);
        this.#connections.closeUnanswered(socket);
      },
    });
  }

  /**
   * Listens on all addresses and resolves to the bound ones, with their ports. If one fails, it closes the others and
   * rejects with an error of one line.
   */
  async listen(targets: readonly ListenTarget[]): Promise<readonly BoundAddress[]> {
    try {
      const bound: BoundAddress[] = [];
      for (const target of targets) bound.push(await this.#listenOn(target));
      return bound;
    } catch (error) {
      await this.close(0);
      throw error;
    }
  }

  /**
   * Changes who may reach the server: TLS for new connections, the rest for new requests. Returns why nothing has changed, if
   * the change is one that listening sockets cannot make.
   */
  applyAccess(access: AccessConfig): string | undefined {
    const before = this.#tls;
    const problem = problemOfChange(before, access.tls);
    if (problem !== undefined) return problem;
    this.#tls = access.tls;
    this.#control.applyConfig(access);
    if (access.tls === undefined || isDeepStrictEqual(before, access.tls)) return undefined;
    this.#current = new WeakSet();
    for (const server of this.#servers) {
      if (server instanceof SecureServer) server.setSecureContext(access.tls);
    }
    return undefined;
  }

  /** Stops accepting connections, waits at most `graceMs` for responses to finish, then closes all connections. */
  async close(graceMs: number): Promise<void> {
    const servers = this.#servers.splice(0);
    this.#closing.push(...servers);
    const cancel = this.#options.clock.after(graceMs, () => {
      for (const server of servers) server.closeAllConnections();
    });
    const closed = servers.map((server) => new Promise((resolve) => server.close(resolve)));
    await Promise.all(closed);
    cancel();
    this.#control.close();
  }

  async #listenOn(target: ListenTarget): Promise<BoundAddress> {
    const server = this.#createServer();
    const bound = await listen(server, target);
    server.on("error", this.#options.onError);
    this.#servers.push(server);
    return bound;
  }

  #createServer(): Server {
    const { headersMs, requestMs, stalledMs, keepAliveMs, checkMs } =
      this.#options.timeouts ?? DEFAULT_TIMEOUTS;
    const options = {
      headersTimeout: headersMs,
      requestTimeout: requestMs,
      keepAliveTimeout: keepAliveMs,
      connectionsCheckingInterval: checkMs,
      maxHeaderSize: MAX_HEADER_BYTES,
      // Node would answer requests without a Host header before they are counted.
      requireHostHeader: false,
    };
    const server =
      this.#tls === undefined
        ? createServer(options)
        : this.#createSecureServer(this.#tls, { ...options, handshakeTimeout: headersMs });
    server.timeout = stalledMs;
    server.maxConnections = MAX_CONNECTIONS;
    server.on(this.#tls === undefined ? "connection" : "secureConnection", (socket: Socket) => {
      if (socket.destroyed) return;
      this.#connections.add(socket);
      parseInPieces(socket, () => this.#flooded.has(socket));
    });
    server.prependListener("connection", (socket) => {
      const release = this.#slots.take(clientOf(socket.remoteAddress));
      if (release === undefined) socket.destroy();
      else socket.once("close", release);
    });
    const respond: RequestListener = (request, response) => {
      if (this.#closing.includes(server)) response.setHeader("Connection", "close");
      if (this.#tls !== undefined && !this.#current.has(request.socket)) {
        // It has one more response, as closing it could cut off a request; a name that is no longer allowed has none.
        response.setHeader("Connection", "close");
        if (!isClientAllowed(identityOf(request.socket as TLSSocket), this.#tls)) {
          request.socket.destroy();
          return;
        }
      }
      this.#listener(request, response);
    };
    server.on("request", respond);
    // Node would answer requests with other expectations than 100-continue before they are counted.
    server.on("checkExpectation", respond);
    return server;
  }

  #createSecureServer(tls: TlsConfig, options: ServerOptions): SecureServer {
    const server = new SecureServer({
      ...options,
      ...tls,
      requestCert: requestsCertificate(tls),
      // The listener below decides, as only one of the policies is Node's.
      rejectUnauthorized: false,
    });
    server.prependListener("secureConnection", (socket) => {
      if (this.#tls !== undefined && !isClientAllowed(identityOf(socket), this.#tls)) socket.destroy();
      this.#current.add(socket);
    });
    return server;
  }
}

/** Creates a server that does not listen yet. */
export function createHttpServer(options: HttpServerOptions): HttpServer {
  return new HttpServer(options);
}

/** Why listening sockets cannot make a change; undefined if they can. */
function problemOfChange(from: TlsConfig | undefined, to: TlsConfig | undefined): string | undefined {
  if (from === undefined) {
    return to && "TLS was turned on: restart the exporter; until then it goes on serving HTTP without TLS";
  }
  if (to === undefined) {
    return "TLS was turned off: restart the exporter; until then it goes on serving HTTPS only";
  }
  if (requestsCertificate(from) === requestsCertificate(to)) return undefined;
  return "client_auth_type was changed from or to NoClientCert: restart the exporter; until then the former one holds";
}
