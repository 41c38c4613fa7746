import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import type { Request, RequestHandler, Response } from "express";
import type { Clock } from "../clock.ts";
import type { GzipText } from "../metrics/gzip-text.ts";
import { CONTENT_TYPES, type Format } from "../metrics/text.ts";
import { negotiateFormat } from "./negotiation.ts";

/** What the scrape handler needs. */
export interface ScrapeOptions {
  /** The maximum number of concurrent scrapes, including those whose response is still being sent. */
  readonly maxRequests: number;
  readonly body: (format: Format) => Promise<GzipText>;
  readonly clock: Clock;
}

/** A scrape is aborted after this time; Prometheus itself gives up after 10 s by default. */
const MAX_SCRAPE_MS = 60_000;

/** Responds to GET and HEAD of the telemetry path, and with 503 to scrapes over `maxRequests`. */
export function scrapeHandler({ maxRequests, body, clock }: ScrapeOptions): RequestHandler {
  let concurrentScrapes = 0;
  return async (request, response) => {
    if (concurrentScrapes >= maxRequests) {
      response.status(503).set("Retry-After", "1").type("text/plain");
      response.send(`Too many scrapes: --web.max-requests is ${maxRequests}. Try again in a second.\n`);
      return;
    }
    concurrentScrapes += 1;
    const cancelTimeout = clock.after(MAX_SCRAPE_MS, () => response.destroy());
    response.once("close", () => {
      cancelTimeout();
      concurrentScrapes -= 1;
    });
    const format = negotiateFormat(request.headers.accept);
    const text = await body(format);
    if (response.destroyed) return;
    response.setHeader("Content-Type", CONTENT_TYPES[format]);
    response.setHeader("Vary", "Accept, Accept-Encoding");
    await sendText(text, request, response);
  };
}

/** Sends the compressed bytes as they are, or decompresses them for a client that does not accept gzip. */
async function sendText({ gzip, plainBytes }: GzipText, request: Request, response: Response): Promise<void> {
  const acceptsGzip = request.acceptsEncodings("gzip", "identity") === "gzip";
  if (acceptsGzip) response.setHeader("Content-Encoding", "gzip");
  response.setHeader("Content-Length", acceptsGzip ? gzip.length : plainBytes);
  if (request.method === "HEAD") response.end();
  else if (acceptsGzip) response.end(gzip);
  else await decompressInto(response, gzip);
}

async function decompressInto(response: Response, gzip: Buffer): Promise<void> {
  try {
    await pipeline(Readable.from([gzip]), createGunzip(), response);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    // The client has disconnected, which is not an error of the exporter.
    if (code !== "ERR_STREAM_PREMATURE_CLOSE") throw error;
  }
}
