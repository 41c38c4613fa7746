import { connect, type Socket } from "node:net";
import { systemClock } from "../../src/clock.ts";
import type { PageData } from "../../src/http/page/overview.ts";
import { RenderedPages } from "../../src/http/rendered-pages.ts";
import { createHttpServer, type HttpServer, type HttpServerOptions } from "../../src/http/server.ts";
import type { Body } from "../../src/exposition/body-memory.ts";
import type { Encoding } from "../../src/exposition/exposition.ts";
import { gzipMember, Segment } from "../../src/exposition/segment.ts";

/** A text as the exposition gives it, without gzip in several pieces. */
export function bodyOf(text: string, encoding: Encoding): Body {
  const segments = (text.match(/.{1,65536}/gsu) ?? []).map((part) => Segment.of(part));
  const pieces = encoding === "gzip" ? [gzipMember(segments)] : segments.map((segment) => segment.plain());
  return { pieces, bytes: Buffer.concat(pieces).length };
}

const EMPTY_PAGE: PageData = { version: "1.2.3", telemetryPath: "/metrics", accounts: [], workgroups: [] };

export interface ServeOptions extends Partial<HttpServerOptions> {
  /** What the status page and the lists show. */
  readonly page?: () => PageData;
}

/** A server on a free port of 127.0.0.1. */
export interface Running {
  readonly server: HttpServer;
  readonly port: number;
  readonly url: string;
  readonly errors: unknown[];
}

export async function serve({ page = () => EMPTY_PAGE, ...change }: ServeOptions = {}): Promise<Running> {
  const pages = new RenderedPages(page, change.clock ?? systemClock);
  const errors: unknown[] = [];
  const server = createHttpServer({
    telemetryPath: "/metrics",
    maxRequests: 40,
    body: async (format, encoding) => bodyOf(`up{format="${format}"} 1\n`, encoding),
    isHealthy: async () => true,
    isReady: async () => true,
    render: (path, query) => pages.render(path, query),
    clock: systemClock,
    onError: (error) => errors.push(error),
    ...change,
  });
  const [bound] = await server.listen([{ host: "127.0.0.1", port: 0 }]);
  const port = bound?.port ?? 0;
  return { server, port, url: `http://127.0.0.1:${port}`, errors };
}

/** A client that sends exactly this text. */
export function rawClient(port: number, text: string): Socket {
  const socket = connect(port, "127.0.0.1", () => socket.write(text));
  return socket;
}

/** Returns what the server sends until the connection is closed or fails. */
export function untilClosed(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    socket.on("data", (data) => (text += data.toString("latin1")));
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(text));
  });
}

/** A promise and the function that resolves it. */
export function deferred<Value>(): { promise: Promise<Value>; resolve: (value: Value) => void } {
  let resolve: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
