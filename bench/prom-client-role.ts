import { readFile } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { Gauge, Registry } from "prom-client";
import { type CostQuestion, type ProcessCost, processCost } from "./process-cost.ts";
import type { RunningRole } from "./running-role.ts";

const GZIP_LEVEL = 1;
const compress = promisify(gzip);

/** The same series in a registry of prom-client, filled once and rendered for every scrape. */
export async function start({
  file,
}: {
  readonly file: string;
}): Promise<RunningRole<{ readonly url: string }, CostQuestion, ProcessCost>> {
  const registry = registryOf(await readFile(file, "utf8"));
  const server = createServer((_request, response) => void render(registry, response));
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    ready: { url: `http://127.0.0.1:${port}/metrics` },
    answer: processCost,
  };
}

async function render(registry: Registry, response: ServerResponse): Promise<void> {
  const body = await compress(await registry.metrics(), { level: GZIP_LEVEL });
  response.writeHead(200, { "Content-Encoding": "gzip", "Content-Length": body.length });
  response.end(body);
}

/** Every sample as a gauge, whatever it was: rendering costs the same. */
function registryOf(text: string): Registry {
  const registry = new Registry();
  const gauges = new Map<string, Gauge>();
  for (const line of text.split("\n")) {
    const [, name, pairs = "", value] = /^([a-z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    if (name === undefined) continue;
    const labels = Object.fromEntries(
      [...pairs.matchAll(/(\w+)="([^"]*)"/g)].map(([, label = "", text = ""]) => [label, text]),
    );
    const gauge =
      gauges.get(name) ??
      new Gauge({ name, help: name, labelNames: Object.keys(labels), registers: [registry] });
    gauges.set(name, gauge);
    gauge.set(labels, Number(value));
  }
  return registry;
}
