import type { Child } from "./child.ts";
import type { CpuAndMemory, ProcessCost } from "./process-cost.ts";
import { histogramQuantile, scrapeText } from "./scrape-once.ts";
import { median, quantile, table } from "./table.ts";

export const POLLS_PER_SECOND = 200;
const DELAY = "athena_exporter_exposition_delay_seconds";
/** Longer than a body is reused, so that each scrape is like one of Prometheus, and far shorter than 15 s to have many. */
const SPACED_EVERY_MS = 1200;
const SPACING = {
  rounds: 5,
  everyMs: SPACED_EVERY_MS,
  scrapesPerRound: 10,
  pollsPerSecond: POLLS_PER_SECOND,
};
const WARM_UP_MS = 5000;
const PEER_SCRAPES = 4;

export type Spacing = typeof SPACING;

/** What spaced scrapes of one server took. */
export interface SpacedResult {
  readonly name: string;
  readonly latenciesMs: readonly number[];
  readonly cpuMsPerScrape: number;
  readonly residentBytes: number;
  readonly pauseP999Ms?: number;
  readonly longestPauseMs?: number;
  /** How long samples of polls waited to be served, in seconds, at the 99th percentile. */
  readonly delayP99?: number;
}

/**
 * Rounds with and without scrapes in turns: what scrapes take is the difference of a round's CPU to that of both rounds beside it, as V8 makes
 * polls cheaper for minutes.
 */
export async function measureSpaced(
  exporter: Child<"exporter">,
  scraper: Child<"scraper">,
  { rounds, everyMs, scrapesPerRound, pollsPerSecond }: Spacing = SPACING,
): Promise<SpacedResult> {
  const { url } = exporter.ready;
  const roundMs = everyMs * scrapesPerRound;
  const polling = { durationMs: roundMs, pollsPerSecond };
  await exporter.ask({ ...polling, durationMs: WARM_UP_MS });
  const quiet = [await exporter.ask(polling)];
  const scraped: ProcessCost[] = [];
  const latenciesMs: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const [cost, answer] = await Promise.all([
      exporter.ask(polling),
      scraper.ask({ url, scrapes: scrapesPerRound, everyMs }),
    ]);
    scraped.push(cost);
    latenciesMs.push(...answer.latenciesMs);
    quiet.push(await exporter.ask(polling));
  }
  const quietShare = (round: number) => quiet[round]?.cpuShare ?? NaN;
  const scrapeShares = scraped.map(
    ({ cpuShare }, round) => cpuShare - (quietShare(round) + quietShare(round + 1)) / 2,
  );
  return {
    name: "exporter, polling",
    latenciesMs,
    cpuMsPerScrape: (median(scrapeShares) * roundMs) / scrapesPerRound,
    residentBytes: Math.max(...scraped.map(({ residentBytes }) => residentBytes)),
    pauseP999Ms: median(scraped.map(({ pauseP999Ms }) => pauseP999Ms)),
    longestPauseMs: Math.max(...scraped.map(({ longestPauseMs }) => longestPauseMs)),
    delayP99: histogramQuantile(await scrapeText(url), DELAY, 0.99),
  };
}

/** A server whose series never change. */
export async function measurePeer(
  name: string,
  server: {
    readonly ready: { readonly url: string };
    ask(question: { readonly durationMs: number }): Promise<CpuAndMemory>;
  },
  scraper: Child<"scraper">,
): Promise<SpacedResult> {
  const { url } = server.ready;
  const question = { url, scrapes: PEER_SCRAPES, everyMs: SPACED_EVERY_MS };
  const { latenciesMs: firstMs } = await scraper.ask({ ...question, scrapes: 1 });
  const durationMs = PEER_SCRAPES * Math.max(SPACED_EVERY_MS, 2 * (firstMs[0] ?? 0));
  const [{ cpuShare, residentBytes }, { latenciesMs }] = await Promise.all([
    server.ask({ durationMs }),
    scraper.ask(question),
  ]);
  return { name, latenciesMs, cpuMsPerScrape: (cpuShare * durationMs) / PEER_SCRAPES, residentBytes };
}

export function reportSpaced(results: readonly SpacedResult[]): string {
  const ms = (number: number | undefined) => (number === undefined ? "-" : `${number.toFixed(1)} ms`);
  const rows = results.map((result) => [
    result.name,
    ms(median(result.latenciesMs)),
    ms(quantile(result.latenciesMs, 0.98)),
    ms(Math.max(...result.latenciesMs)),
    ms(result.cpuMsPerScrape),
    ms(result.pauseP999Ms),
    ms(result.longestPauseMs),
    `${(result.residentBytes / 1e6).toFixed(0)} MB`,
    result.delayP99 === undefined ? "-" : delayBound(result.delayP99),
  ]);
  const headings = [
    "spaced scrapes",
    "p50",
    "p98",
    "max",
    "CPU per scrape",
    "loop pause p99.9",
    "longest",
    "resident",
    "delay p99",
  ];
  return table(headings, rows);
}

/** As a bucket's upper bound; the last bucket has none. */
function delayBound(seconds: number): string {
  return Number.isFinite(seconds) ? `<= ${(1000 * seconds).toFixed(0)} ms` : "over the last bound";
}
