import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import promClient from "prom-client/package.json" with { type: "json" };
import { Child } from "./child.ts";
import type { ExporterSettings } from "./exporter-role.ts";
import { PEERS_OF_OTHER_LANGUAGES, RunningPeer } from "./peers.ts";
import { measureLoops, reportLoops } from "./scrape-loop.ts";
import { countSeries, scrapeText } from "./scrape-once.ts";
import { measurePeer, measureSpaced, reportSpaced, type SpacedResult } from "./scrape-spaced.ts";

/** With per-session series, and with more workgroups instead. */
const FLEETS: readonly ExporterSettings[] = [
  { size: { workgroups: 2000, sessions: 10, epochMs: Date.now() }, sessionLimit: 10 },
  { size: { workgroups: 10_000, sessions: 2, epochMs: Date.now() }, sessionLimit: 0 },
];

/** Scrapes with gzip while polls change what is scraped, against servers of the same series. */
export async function scrape(): Promise<string> {
  const parts: string[] = [];
  for (const settings of FLEETS) parts.push(await scrapeFleet(settings));
  return parts.join("\n");
}

async function scrapeFleet(settings: ExporterSettings): Promise<string> {
  const simulator = await Child.start("simulator", settings.size);
  const exporter = await Child.start("exporter", settings, simulator.ready);
  const { url } = exporter.ready;
  const text = await scrapeText(url);
  const scraper = await Child.start("scraper", null);
  const load = await Child.start("load", null);
  const spaced = [await measureSpaced(exporter, scraper)];
  // Polls have made the body a little longer.
  const plain = await Child.start("plain", { url });
  spaced.push(await measurePeer("plain node:http", plain, scraper));
  const loops = await measureLoops(exporter, plain, load);
  await Promise.all([plain.stop(), simulator.stop(), exporter.stop(), load.stop()]);
  spaced.push(...(await measurePeers(text, scraper)));
  await scraper.stop();
  const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
  const size = `${megabytes(text.length)}, ${megabytes(loops.meanBytes)} with gzip`;
  const title = `${settings.size.workgroups} workgroups, ${countSeries(text)} series, ${size}`;
  return `### ${title}\n\n${reportSpaced(spaced)}\n${reportLoops(loops)}`;
}

/** One at a time, as some take much memory. */
async function measurePeers(text: string, scraper: Child<"scraper">): Promise<SpacedResult[]> {
  const results: SpacedResult[] = [];
  const folder = await mkdtemp(path.join(tmpdir(), "bench-peers-"));
  try {
    const file = path.join(folder, "exposition.txt");
    await writeFile(file, text);
    const registry = await Child.start("prom-client", { file });
    results.push(await measurePeer(`prom-client ${promClient.version}`, registry, scraper));
    await registry.stop();
    for (const peer of PEERS_OF_OTHER_LANGUAGES) {
      const running = await RunningPeer.start(peer, folder, file);
      if (running === undefined) continue;
      results.push(await measurePeer(peer.name, running, scraper));
      await running.stop();
    }
  } finally {
    await rm(folder, { recursive: true });
  }
  return results;
}
