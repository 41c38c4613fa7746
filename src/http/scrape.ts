import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Clock } from "../clock.ts";
import type { Body, Encoding } from "../metrics/exposition.ts";
import { CONTENT_TYPES, type Format } from "../metrics/text.ts";
import { acceptsGzip, negotiateFormat } from "./negotiation.ts";
import { sendInternalError, sendMethodNotAllowed, sendText } from "./send-text.ts";

/** What the scrape handler needs. */
export interface ScrapeOptions {
  /** The maximum number of concurrent scrapes, including those whose response is still being sent. */
  readonly maxRequests: number;
  readonly body: (format: Format, encoding: Encoding) => Promise<Body>;
  readonly clock: Clock;
  /** Receives the errors of handlers; the client gets only status 500. */
  readonly onError: (error: unknown) => void;
}

/** A scrape is aborted after this time; Prometheus itself gives up after 10 s by default. */
const MAX_SCRAPE_MS = 60_000;

/** Responds to GET and HEAD of the telemetry path, and with 503 to scrapes over `maxRequests`. */
export function scrapeHandler({ maxRequests, body, clock, onError }: ScrapeOptions): RequestListener {
  let concurrentScrapes = 0;
  return (request, response) => {
    if (request.method !== "GET" && request.method !== "HEAD") {
      sendMethodNotAllowed(response, "GET, HEAD");
      return;
    }
    if (concurrentScrapes >= maxRequests) {
      const text = `Too many scrapes: --web.max-requests is ${maxRequests}. Try again in a second.`;
      sendText(response, 503, text, { "Retry-After": "1" });
      return;
    }
    concurrentScrapes += 1;
    const { socket } = request;
    const cancelTimeout = clock.after(MAX_SCRAPE_MS, () => socket.destroy());
    whenEnded(request, response, () => {
      cancelTimeout();
      concurrentScrapes -= 1;
    });
    scrape(request, response, body).catch((error: unknown) => {
      onError(error);
      sendInternalError(response);
    });
  };
}

/** Calls `ended` once, when the response has been sent or the connection is closed. */
function whenEnded({ socket }: IncomingMessage, response: ServerResponse, ended: () => void): void {
  let hasEnded = false;
  const end = () => {
    socket.off("close", end);
    if (!hasEnded) ended();
    hasEnded = true;
  };
  response.on("close", end);
  // A response that waits behind others of its connection does not emit "close". There may be many of them.
  socket.setMaxListeners(0);
  socket.on("close", end);
}

async function scrape(
  { headers, method, socket }: IncomingMessage,
  response: ServerResponse,
  body: ScrapeOptions["body"],
): Promise<void> {
  const format = negotiateFormat(headers.accept);
  const encoding = acceptsGzip(headers["accept-encoding"]) ? "gzip" : "identity";
  const { pieces, bytes } = await body(format, encoding);
  if (socket.destroyed) return;
  response.writeHead(200, {
    "Content-Type": CONTENT_TYPES[format],
    "Content-Length": bytes,
    Vary: "Accept, Accept-Encoding",
    ...(encoding === "gzip" && { "Content-Encoding": encoding }),
  });
  if (method === "HEAD") response.end();
  else if (pieces.length === 1) response.end(pieces[0]);
  else await send(pieces, response);
}

/** Waits whenever the client reads more slowly than the pieces are written. */
async function send(pieces: readonly Buffer[], response: ServerResponse): Promise<void> {
  try {
    await pipeline(Readable.from(pieces), response);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    // The client has disconnected, which is not an error of the exporter.
    if (code !== "ERR_STREAM_PREMATURE_CLOSE") throw error;
  }
}
