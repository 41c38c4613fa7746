import { connect, type Socket } from "node:net";
import { gzipSync } from "node:zlib";
import { systemClock } from "../../src/clock.ts";
import { createHttpServer, type HttpServer, type HttpServerOptions } from "../../src/http/server.ts";
import type { GzipText } from "../../src/metrics/gzip-text.ts";

/** A text in the form in which the exposition caches it. */
export function bodyOf(text: string): GzipText {
  return { gzip: gzipSync(text), plainBytes: Buffer.byteLength(text) };
}

/** A server on a free port of 127.0.0.1. */
export interface Running {
  readonly server: HttpServer;
  readonly port: number;
  readonly url: string;
  readonly errors: unknown[];
}

export async function serve(change: Partial<HttpServerOptions> = {}): Promise<Running> {
  const errors: unknown[] = [];
  const server = createHttpServer({
    telemetryPath: "/metrics",
    maxRequests: 40,
    body: async (format) => bodyOf(`up{format="${format}"} 1\n`),
    isReady: () => true,
    page: () => ({ version: "1.2.3", telemetryPath: "/metrics", accounts: [], workgroups: [] }),
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
