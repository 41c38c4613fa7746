import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import type { Exporter } from "../exporter.ts";

/**
 * An address that Prometheus scrapes, and so a value of the label `instance`, whatever is behind it: nobody yet, an exporter,
 * or nobody any more. Without one it answers with no series, as if service discovery had not named the target.
 */
export class ScrapeTarget {
  readonly url: string;
  #exporter: Exporter | undefined;

  constructor(url: string) {
    this.url = url;
  }

  is(exporter: Exporter | undefined): void {
    this.#exporter = exporter;
  }

  async answer(response: ServerResponse): Promise<void> {
    try {
      const text = (await this.#exporter?.metrics()) ?? "";
      response.writeHead(200, { "Content-Type": "text/plain; version=0.0.4" }).end(text);
    } catch (error) {
      response.writeHead(502).end(String(error));
    }
  }
}

export async function startScrapeTarget(): Promise<ScrapeTarget> {
  const server = createServer((_request, response) => void target.answer(response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const target = new ScrapeTarget(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return target;
}
