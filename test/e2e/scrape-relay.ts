import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** The headers of the response to a scrape. */
interface RelayedScrape {
  readonly contentType: string;
  readonly contentEncoding: string;
}

/** A proxy between Prometheus and the exporter that records the response headers. */
export interface ScrapeRelay {
  readonly url: string;
  readonly scrapes: readonly RelayedScrape[];
}

/**
 * Starts a relay to an exporter that is stopped when the test ends.
 * @param accept replaces the Accept header of Prometheus, which version 2.42 cannot configure
 */
export async function startScrapeRelay(exporterUrl: string, accept?: string): Promise<ScrapeRelay> {
  const scrapes: RelayedScrape[] = [];
  const server = createServer((request, response) => {
    void relay(exporterUrl, accept, request, response).then((scrape) => scrapes.push(scrape));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, scrapes };
}

async function relay(
  exporterUrl: string,
  accept: string | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<RelayedScrape> {
  const scraped = await fetch(`${exporterUrl}${request.url ?? "/"}`, {
    headers: {
      accept: accept ?? request.headers.accept ?? "",
      "accept-encoding": request.headers["accept-encoding"] ?? "",
    },
  });
  const contentType = scraped.headers.get("content-type") ?? "";
  response.writeHead(scraped.status, { "Content-Type": contentType });
  response.end(await scraped.text());
  return { contentType, contentEncoding: scraped.headers.get("content-encoding") ?? "" };
}
