import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** What one scrape was answered with. */
interface RelayedScrape {
  readonly contentType: string;
  readonly contentEncoding: string;
}

/** Stands between Prometheus and the exporter: notes what they agree upon, and can ask for a format itself. */
export interface ScrapeRelay {
  readonly url: string;
  readonly scrapes: readonly RelayedScrape[];
}

/**
 * Starts a relay to an exporter.
 * @param accept sent in place of Prometheus' own Accept header, which version 2.42 has no setting for
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
  const answer = await fetch(`${exporterUrl}${request.url ?? "/"}`, {
    headers: {
      accept: accept ?? request.headers.accept ?? "",
      "accept-encoding": request.headers["accept-encoding"] ?? "",
    },
  });
  const contentType = answer.headers.get("content-type") ?? "";
  response.writeHead(answer.status, { "Content-Type": contentType });
  response.end(await answer.text());
  return { contentType, contentEncoding: answer.headers.get("content-encoding") ?? "" };
}
