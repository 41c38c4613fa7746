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
/** One scrape takes little CPU beside the polls of 1.2 s. These find an outdated body, too. */
const DENSE_SPACING = { ...SPACING, rounds: 3, everyMs: 150, scrapesPerRound: 80 };
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

interface ScrapedRound {
  readonly cost: ProcessCost;
  readonly latenciesMs: readonly number[];
}

/** `cpuSpacing`: that of the scrapes whose CPU is measured. */
export async function measureSpaced(
  exporter: Child<"exporter">,
  scraper: Child<"scraper">,
  spacing: Spacing = SPACING,
  cpuSpacing: Spacing = DENSE_SPACING,
): Promise<SpacedResult> {
  await exporter.ask({ durationMs: WARM_UP_MS, pollsPerSecond: spacing.pollsPerSecond });
  const rounds: ScrapedRound[] = [];
  for (let count = 0; count < spacing.rounds; count += 1) {
    rounds.push(await scrapeRound(exporter, scraper, spacing));
  }
  const pauses = rounds.flatMap(({ cost }) => cost.pauses ?? []);
  const delayP99 = histogramQuantile(await scrapeText(exporter.ready.url), DELAY, 0.99);
  return {
    name: "exporter, polling",
    latenciesMs: rounds.flatMap(({ latenciesMs }) => latenciesMs),
    cpuMsPerScrape: await measureCpuMs(exporter, scraper, cpuSpacing),
    residentBytes: Math.max(...rounds.map(({ cost }) => cost.residentBytes)),
    pauseP999Ms: median(pauses.map(({ p999Ms }) => p999Ms)),
    longestPauseMs: Math.max(...pauses.map(({ longestMs }) => longestMs)),
    delayP99,
  };
}

/**
 * Of a scrape. Rounds with and without scrapes take turns: the difference of a round's CPU to that of both rounds beside it, as V8 makes
 * polls cheaper for minutes.
 */
async function measureCpuMs(
  exporter: Child<"exporter">,
  scraper: Child<"scraper">,
  spacing: Spacing,
): Promise<number> {
  const { everyMs, scrapesPerRound, pollsPerSecond } = spacing;
  const roundMs = everyMs * scrapesPerRound;
  const quietRound = async () =>
    (await exporter.ask({ durationMs: roundMs, pollsPerSecond, watchesPauses: true })).cpuShare;
  const shares: number[] = [];
  let before = await quietRound();
  for (let count = 0; count < spacing.rounds; count += 1) {
    const { cost } = await scrapeRound(exporter, scraper, spacing);
    const after = await quietRound();
    shares.push(cost.cpuShare - (before + after) / 2);
    before = after;
  }
  return (median(shares) * roundMs) / scrapesPerRound;
}

async function scrapeRound(
  exporter: Child<"exporter">,
  scraper: Child<"scraper">,
  { everyMs, scrapesPerRound, pollsPerSecond }: Spacing,
): Promise<ScrapedRound> {
  const [cost, { latenciesMs }] = await Promise.all([
    exporter.ask({ durationMs: everyMs * scrapesPerRound, pollsPerSecond, watchesPauses: true }),
    scraper.ask({ url: exporter.ready.url, scrapes: scrapesPerRound, everyMs }),
  ]);
  return { cost, latenciesMs };
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
