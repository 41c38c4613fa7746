import { setTimeout as sleep } from "node:timers/promises";
import { Child } from "./child.ts";
import { startDaemon } from "./daemon.ts";
import { countSeries, samplesOf, sampleValue, scrapeText } from "./scrape-once.ts";
import { table } from "./table.ts";

interface Fleet {
  readonly workgroups: number;
  readonly sessionsEach: number;
  readonly hasSeriesPerSession: boolean;
  /** How often each workgroup is polled. */
  readonly intervalSeconds: number;
}

const FLEETS: readonly Fleet[] = [
  { workgroups: 2000, sessionsEach: 10, hasSeriesPerSession: true, intervalSeconds: 30 },
  { workgroups: 10_000, sessionsEach: 2, hasSeriesPerSession: false, intervalSeconds: 60 },
];
const SCRAPE_EVERY_MS = 3000;
const WATCHED_MS = 45_000;
const FIRST_ROUND_MS = 300_000;
const MB = 1e6;

/** What the whole daemon holds in memory for a large fleet, while it polls and is scraped. */
export async function memory(): Promise<string> {
  const rows: string[][] = [];
  for (const fleet of FLEETS) rows.push(await watch(fleet));
  const headings = [
    "workgroups",
    "sessions",
    "series",
    "largest resident size",
    `after ${WATCHED_MS / 1000} s`,
  ];
  return table(headings, rows);
}

async function watch(fleet: Fleet): Promise<string[]> {
  const { workgroups, sessionsEach } = fleet;
  const size = { workgroups, sessions: sessionsEach, epochMs: Date.now() };
  const simulator = await Child.start("simulator", size);
  const daemon = await startDaemon(config(fleet), simulator.ready);
  const residentBytes: number[] = [];
  let text = "";
  const scrape = async () => {
    await sleep(SCRAPE_EVERY_MS);
    text = await scrapeText(daemon.url);
    residentBytes.push(sampleValue(text, "process_resident_memory_bytes"));
  };
  const startMs = performance.now();
  // The memory of the first round counts as well, as the kernel gets little of it back.
  while (polledWorkgroups(text) < workgroups) {
    if (performance.now() - startMs > FIRST_ROUND_MS) throw new Error("the first round does not end");
    await scrape();
  }
  const endMs = performance.now() + WATCHED_MS;
  while (performance.now() < endMs) await scrape();
  await Promise.all([daemon.stop(), simulator.stop()]);
  const megabytes = (bytes = NaN) => `${(bytes / MB).toFixed(0)} MB`;
  return [
    String(workgroups),
    String(workgroups * sessionsEach),
    String(countSeries(text)),
    megabytes(Math.max(...residentBytes)),
    megabytes(residentBytes.at(-1)),
  ];
}

/** A rate limit that does not matter, as first polls take three requests each. */
function config({ workgroups, sessionsEach, hasSeriesPerSession, intervalSeconds }: Fleet): string {
  return `
poll: {interval: ${intervalSeconds}s, rate_limit: 1000, concurrency: 20}
sessions: {per_session: {enabled: ${hasSeriesPerSession}, total_limit: ${workgroups * sessionsEach}}}
`;
}

function polledWorkgroups(text: string): number {
  return samplesOf(text, "athena_workgroup_up").filter(([, up]) => up === 1).length;
}
