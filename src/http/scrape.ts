import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import type { Clock } from "../clock.ts";
import type { GzipText } from "../metrics/gzip-text.ts";
import { CONTENT_TYPES, type Format } from "../metrics/text.ts";
import { acceptsGzip, negotiateFormat, VARY } from "./negotiation.ts";

/** What answering a scrape needs. */
export interface ScrapeOptions {
  /** How many may be under way at a time, being written included; the others get 503. */
  readonly maxRequests: number;
  readonly body: (format: Format) => Promise<GzipText>;
  readonly clock: Clock;
}

/** No scrape takes longer, however slowly its reader reads; Prometheus itself gives up after 10 s by default. */
const MAX_SCRAPE_MS = 60_000;

/** Answers GET and HEAD of the metrics' path, a bounded number at a time. */
export class Scrapes {
  readonly #options: ScrapeOptions;
  #underWay = 0;

  constructor(options: ScrapeOptions) {
    this.#options = options;
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.#underWay >= this.#options.maxRequests) {
      refuse(response, this.#options.maxRequests);
      return;
    }
    this.#hold(response);
    const format = negotiateFormat(request.headers.accept);
    const body = await this.#options.body(format);
    if (response.destroyed) return;
    response.setHeader("Content-Type", CONTENT_TYPES[format]);
    response.setHeader("Vary", VARY);
    await writeBody(
      body,
      acceptsGzip(header(request, "accept-encoding")),
      request.method === "HEAD",
      response,
    );
  }

  /** Counts the scrape until its response is written or its client is gone. */
  #hold(response: ServerResponse): void {
    this.#underWay += 1;
    const cancel = this.#options.clock.after(MAX_SCRAPE_MS, () => response.destroy());
    response.once("close", () => {
      cancel();
      this.#underWay -= 1;
    });
  }
}

function refuse(response: ServerResponse, maxRequests: number): void {
  response.writeHead(503, { "Content-Type": "text/plain; charset=utf-8", "Retry-After": "1" });
  response.end(`${maxRequests} scrapes are under way already (--web.max-requests); try again in a second.\n`);
}

async function writeBody(
  body: GzipText,
  gzip: boolean,
  headOnly: boolean,
  response: ServerResponse,
): Promise<void> {
  response.setHeader("Content-Length", gzip ? body.gzip.length : body.plainBytes);
  if (gzip) response.setHeader("Content-Encoding", "gzip");
  if (headOnly) {
    response.end();
    return;
  }
  if (gzip) response.end(body.gzip);
  else await unzipInto(body, response);
}

async function unzipInto(body: GzipText, response: ServerResponse): Promise<void> {
  try {
    await pipeline(Readable.from([body.gzip]), createGunzip(), response);
  } catch (error) {
    if (!isClientGone(error)) throw error;
  }
}

/** How a pipeline says that its reader went away, which is no fault of ours. */
function isClientGone(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_STREAM_PREMATURE_CLOSE";
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(",") : value;
}
