import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import type { Exporter } from "../exporter.ts";

/**
 * An address that Prometheus scrapes, with a fixed `instance` label, whose exporter can be set and removed. Without an
 * exporter it responds with no series, as if service discovery had not found the target.
 */
export class ScrapeTarget {
  readonly url: string;
  #exporter: Exporter | undefined;

  constructor(url: string) {
    this.url = url;
  }

  /** Sets the exporter behind this target. */
  setExporter(exporter: Exporter | undefined): void {
    this.#exporter = exporter;
  }

  /** Responds with the metrics of the exporter, or 502 if it cannot be scraped. */
  async respond(response: ServerResponse): Promise<void> {
    try {
      const text = (await this.#exporter?.metrics()) ?? "";
      response.writeHead(200, { "Content-Type": "text/plain; version=0.0.4" }).end(text);
    } catch (error) {
      response.writeHead(502).end(String(error));
    }
  }
}

/** Starts a target that is stopped when the test ends. */
export async function startScrapeTarget(): Promise<ScrapeTarget> {
  const server = createServer((_request, response) => void target.respond(response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const target = new ScrapeTarget(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return target;
}
