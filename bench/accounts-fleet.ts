import { setTimeout as sleep } from "node:timers/promises";
import { Child } from "./child.ts";
import { startDaemon } from "./daemon.ts";
import { accountsYaml } from "./fleet.ts";
import { scrapeStreamed, type StreamedScrape } from "./streamed-scrape.ts";
import { quantile, table } from "./table.ts";

const ACCOUNTS = 200;
const WORKGROUPS = 500;
const INTERVAL_SECONDS = 300;
const REGION = { workgroups: WORKGROUPS, workgroupsPerActive: 10, sessions: 5 };
const CHECK_EVERY_MS = 20_000;
const FIRST_ROUND_AT_MOST_MS = 1_200_000;
const SCRAPES = 60;
const SCRAPE_EVERY_MS = 5000;
const MB = 1e6;

const LAST_SUCCESS = "athena_workgroup_last_success_timestamp_seconds";
const PLANNED = "athena_workgroup_poll_interval_seconds";
const POLLS = "athena_workgroup_polls_total";
const SKIPPED = "athena_exporter_polls_skipped_total";
const CPU = "process_cpu_seconds_total";
const RESIDENT = "process_resident_memory_bytes";
const WANTED = [LAST_SUCCESS, PLANNED, POLLS, SKIPPED, CPU, RESIDENT];

/** One process that polls 100,000 workgroups in 200 accounts, at the default rate limit, with canned answers. */
export async function accounts(): Promise<string> {
  const athena = await Child.start("fleet-athena", { ...REGION, epochMs: Date.now() });
  const daemon = await startDaemon(config(), athena.ready);
  const scraper = await Child.start("scraper", null);
  const startMs = performance.now();
  await firstRound(daemon.url, startMs);
  const firstRoundSeconds = (performance.now() - startMs) / 1000;
  const before = { ...(await scrapeStreamed(daemon.url, WANTED)), atMs: performance.now() };
  const { latenciesMs } = await scraper.ask({
    url: daemon.url,
    scrapes: SCRAPES,
    everyMs: SCRAPE_EVERY_MS,
  });
  const atMs = Date.now();
  const after = { ...(await scrapeStreamed(daemon.url, WANTED)), atMs: performance.now() };
  await Promise.all([daemon.stop(), athena.stop(), scraper.stop()]);
  const minutes = (after.atMs - before.atMs) / 60_000;
  const perMinute = (name: string) => (total(after, name) - total(before, name)) / minutes;
  const milliseconds = (ms: number) => `${ms.toFixed(0)} ms`;
  return table(
    ["", ""],
    [
      ["workgroups, accounts", `${ACCOUNTS * WORKGROUPS}, ${ACCOUNTS}`],
      ["series", String(after.series)],
      ["first round", `${firstRoundSeconds.toFixed(0)} s`],
      ["longest planned interval", `${max(after, PLANNED).toFixed(0)} s`],
      ["oldest last success", `${(atMs / 1000 - min(after, LAST_SUCCESS)).toFixed(0)} s`],
      ["polls skipped", String(total(after, SKIPPED) - total(before, SKIPPED))],
      ["polls per minute", perMinute(POLLS).toFixed(0)],
      ["CPU per minute", `${perMinute(CPU).toFixed(1)} s`],
      ["spaced scrapes, p50", milliseconds(quantile(latenciesMs, 0.5))],
      ["spaced scrapes, p98", milliseconds(quantile(latenciesMs, 0.98))],
      ["resident", `${(max(after, RESIDENT) / MB).toFixed(0)} MB`],
    ],
  );
}

function config(): string {
  return `
poll: {interval: ${INTERVAL_SECONDS}s}
sessions: {durations: false, per_session: {total_limit: 20000}}
${accountsYaml(ACCOUNTS)}`;
}

/** Waits until each workgroup has been polled with success. */
async function firstRound(url: string, startMs: number): Promise<void> {
  for (;;) {
    await sleep(CHECK_EVERY_MS);
    const scrape = await scrapeStreamed(url, WANTED);
    const successes = scrape.values.get(LAST_SUCCESS)?.filter((seconds) => seconds > 0).length;
    if (successes === ACCOUNTS * WORKGROUPS) return;
    if (performance.now() - startMs > FIRST_ROUND_AT_MOST_MS) {
      throw new Error(`the first round does not end: ${successes} workgroups were polled`);
    }
  }
}

function total({ values }: StreamedScrape, name: string): number {
  return (values.get(name) ?? []).reduce((sum, value) => sum + value, 0);
}

function max({ values }: StreamedScrape, name: string): number {
  return (values.get(name) ?? []).reduce((most, value) => Math.max(most, value), -Infinity);
}

function min({ values }: StreamedScrape, name: string): number {
  return (values.get(name) ?? []).reduce((least, value) => Math.min(least, value), Infinity);
}
