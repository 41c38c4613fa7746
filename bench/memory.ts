import { setTimeout as sleep } from "node:timers/promises";
import { Child } from "./child.ts";
import { startDaemon } from "./daemon.ts";
import { countSeries, sampleValue, scrapeText } from "./scrape-once.ts";
import { table } from "./table.ts";

const WORKGROUPS = 2000;
const SESSIONS_EACH = 10;
/** As fast as it goes for the first round, which asks five times as much; then every workgroup twice a minute. */
const CONFIG = `
poll: {interval: 30s, rate_limit: 1000, concurrency: 20}
sessions: {per_session: {total_limit: ${WORKGROUPS * SESSIONS_EACH}}}
`;
const SCRAPE_EVERY_MS = 3000;
const WATCHED_MS = 45_000;
const FIRST_ROUND_MS = 120_000;
const MB = 1e6;

/** What the whole daemon holds in memory for a large fleet, while it polls and is scraped. */
export async function memory(): Promise<string> {
  const size = { workgroups: WORKGROUPS, sessions: SESSIONS_EACH, epochMs: Date.now() };
  const simulator = await Child.start("simulator", size);
  const daemon = await startDaemon(CONFIG, simulator.ready);
  await scrapeUntilComplete(daemon.url);
  const residentBytes: number[] = [];
  let text = "";
  const endMs = performance.now() + WATCHED_MS;
  while (performance.now() < endMs) {
    await sleep(SCRAPE_EVERY_MS);
    text = await scrapeText(daemon.url);
    residentBytes.push(sampleValue(text, "process_resident_memory_bytes"));
  }
  await Promise.all([daemon.stop(), simulator.stop()]);
  const most = Math.max(...residentBytes) / MB;
  const last = (residentBytes.at(-1) ?? NaN) / MB;
  const row = [WORKGROUPS, WORKGROUPS * SESSIONS_EACH, countSeries(text), `${most.toFixed(0)} MB`];
  return (
    "## Memory: the whole daemon, polling and scraped\n\n" +
    table(
      ["workgroups", "sessions", "series", "most resident", "resident at the end"],
      [[...row.map(String), `${last.toFixed(0)} MB`]],
    ) +
    "\nWanted: under 300 MB.\n"
  );
}

/** Until every session has its series; the memory of the first round counts as well, as the kernel gives nothing back. */
async function scrapeUntilComplete(url: string): Promise<void> {
  const endMs = performance.now() + FIRST_ROUND_MS;
  while (performance.now() < endMs) {
    await sleep(SCRAPE_EVERY_MS);
    const text = await scrapeText(url);
    if (text.split("\nathena_session_info{").length > WORKGROUPS * SESSIONS_EACH) return;
  }
  throw new Error(`not every session had its series within ${FIRST_ROUND_MS / 1000} s`);
}
