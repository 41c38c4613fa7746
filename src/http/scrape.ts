import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Clock } from "../clock.ts";
import type { Body } from "../exposition/body-memory.ts";
import type { Encoding } from "../exposition/exposition.ts";
import { CONTENT_TYPES, type Format } from "../metrics/text.ts";
import { clientOf } from "./limits/client-address.ts";
import { ClientSlots } from "./limits/client-slots.ts";
import { dropSlowReader } from "./limits/slow-reader.ts";
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

/** One client leaves scrapes to others, even if it never reads. */
const SHARE_OF_CLIENT = 0.75;

/** Responds to GET and HEAD of the telemetry path, and with 503 to scrapes over `maxRequests`. */
export function scrapeHandler({ maxRequests, body, clock, onError }: ScrapeOptions): RequestListener {
  const slots = new ClientSlots(maxRequests, Math.ceil(maxRequests * SHARE_OF_CLIENT));
  return (request, response) => {
    if (request.method !== "GET" && request.method !== "HEAD") {
      sendMethodNotAllowed(response, "GET, HEAD");
      return;
    }
    const release = slots.take(clientOf(request.socket.remoteAddress));
    if (release === undefined) {
      const text = `Too many scrapes: --web.max-requests is ${maxRequests}, of which one client may have three quarters. Try again in a second.`;
      sendText(response, 503, text, { "Retry-After": "1" });
      return;
    }
    response.once("close", release);
    scrape(request, response, body, clock).catch((error: unknown) => {
      onError(error);
      sendInternalError(response);
    });
  };
}

async function scrape(
  { headers, method }: IncomingMessage,
  response: ServerResponse,
  body: ScrapeOptions["body"],
  clock: Clock,
): Promise<void> {
  const format = negotiateFormat(headers.accept);
  const encoding = acceptsGzip(headers["accept-encoding"]) ? "gzip" : "identity";
  const { pieces, bytes, release } = await body(format, encoding);
  if (response.destroyed) {
    release?.();
    return;
  }
  if (release !== undefined) response.once("close", release);
  dropSlowReader(response, bytes, clock);
  response.writeHead(200, {
    "Content-Type": CONTENT_TYPES[format],
    "Content-Length": bytes,
    Vary: "Accept, Accept-Encoding",
    ...(encoding === "gzip" && { "Content-Encoding": encoding }),
  });
  if (method === "HEAD") response.end();
  else if (encoding === "gzip") response.end([...pieces][0]);
  else await send(pieces, response);
}

/** Waits whenever the client reads more slowly than the pieces are written. */
async function send(pieces: Iterable<Buffer>, response: ServerResponse): Promise<void> {
  try {
    await pipeline(Readable.from(pieces), response);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    // The client has disconnected, which is not an error of the exporter.
    if (code !== "ERR_STREAM_PREMATURE_CLOSE") throw error;
  }
}
