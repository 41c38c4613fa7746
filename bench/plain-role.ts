import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type CostQuestion, type ProcessCost, processCost } from "./process-cost.ts";
import type { RunningRole } from "./running-role.ts";
import { scrapeGzip } from "./scrape-once.ts";

/** The least that a server of those bytes can do: one buffer, written for every request. */
export async function start({
  url,
}: {
  readonly url: string;
}): Promise<RunningRole<{ readonly url: string }, CostQuestion, ProcessCost>> {
  const { body, contentType } = await scrapeGzip(url);
  const headers = {
    "Content-Type": contentType,
    "Content-Encoding": "gzip",
    "Content-Length": body.length,
  };
  const server = createServer((_request, response) => {
    response.writeHead(200, headers);
    response.end(body);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    ready: { url: `http://127.0.0.1:${port}/metrics` },
    answer: processCost,
  };
}
