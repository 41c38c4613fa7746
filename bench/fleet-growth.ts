import { setTimeout as sleep } from "node:timers/promises";
import { Child } from "./child.ts";
import { type Daemon, startDaemon } from "./daemon.ts";
import { accountsYaml } from "./fleet.ts";
import { type GapSummary, PollGaps } from "./fleet-gaps.ts";
import { countSeries, sampleValue, samplesOf, scrapeText } from "./scrape-once.ts";
import { table } from "./table.ts";

const SIZES = [100, 1000, 10_000] as const;
const ACCOUNTS = 20;
const INTERVAL_SECONDS = 60;
/** Ten times the default rate: polls of 500 workgroups need 9.4 calls a second, the first round of them 2,500 calls. */
const POLL = `{interval: ${INTERVAL_SECONDS}s, rate_limit: 50}`;
const REGION = { workgroupsPerActive: 10, sessions: 5 };
/** As Prometheus is often told to. */
const SCRAPE_EVERY_MS = 15_000;
const FIRST_ROUND_AT_MOST_MS = 180_000;
/** After the first round, until all is as it will be. */
const SETTLING_MS = 15_000;
/** One interval, so that every workgroup is polled once. */
const MEASURED_MS = INTERVAL_SECONDS * 1000;
/** How finely prom-client samples pauses. */
const TICK_MS = 10;
const MB = 1e6;

/** What a scrape tells of the work so far. */
interface Totals {
  readonly atMs: number;
  readonly cpuSeconds: number;
  readonly polls: number;
  readonly calls: number;
}

/** What came of one size of fleet. */
interface Outcome {
  readonly workgroups: number;
  readonly series: number;
  readonly firstRoundMs: number;
  readonly gaps: GapSummary;
  readonly plannedSeconds: number;
  readonly skippedPolls: number;
  readonly pollsPerMinute: number;
  readonly callsPerMinute: number;
  readonly cpuSecondsPerMinute: number;
  readonly longestPauseMs: number;
  readonly mostResidentBytes: number;
}

/** How the daemon's work grows with the fleet, where the rate limit suffices. */
export async function fleet(): Promise<string> {
  const outcomes: Outcome[] = [];
  for (const workgroups of SIZES) outcomes.push(await watch(workgroups));
  return `${freshness(outcomes)}\n${growth(outcomes)}`;
}

async function watch(workgroups: number): Promise<Outcome> {
  const size = { ...REGION, workgroups: workgroups / ACCOUNTS, epochMs: Date.now() };
  const athena = await Child.start("fleet-athena", size);
  const daemon = await startDaemon(config(), athena.ready);
  const outcome = await measure(daemon, workgroups);
  await Promise.all([daemon.stop(), athena.stop()]);
  rejectComplaints(daemon.log);
  return outcome;
}

function config(): string {
  return `poll: ${POLL}\n${accountsYaml(ACCOUNTS)}`;
}

async function measure({ url }: Daemon, workgroups: number): Promise<Outcome> {
  const gaps = new PollGaps();
  let mostResidentBytes = 0;
  const scrape = async () => {
    const text = await scrapeText(url);
    gaps.observe(text);
    mostResidentBytes = Math.max(mostResidentBytes, sampleValue(text, "process_resident_memory_bytes"));
    return text;
  };
  const startMs = Date.now();
  while (gaps.polledWorkgroups < workgroups) {
    if (Date.now() - startMs > FIRST_ROUND_AT_MOST_MS) throw new Error("the first round does not end");
    await sleep(SCRAPE_EVERY_MS);
    await scrape();
  }
  await scrapeFor(SETTLING_MS, scrape);
  const before = totals(await scrape());
  const longestPausesMs: number[] = [];
  await scrapeFor(MEASURED_MS, async () => {
    longestPausesMs.push(longestPauseMs(await scrape()));
  });
  const text = await scrape();
  return {
    workgroups,
    series: countSeries(text),
    firstRoundMs: gaps.firstRoundEndMs - startMs,
    gaps: gaps.summary(Date.now()),
    plannedSeconds: Math.max(...values(text, "athena_workgroup_poll_interval_seconds")),
    skippedPolls: sum(values(text, "athena_exporter_polls_skipped_total")),
    ...perMinute(before, totals(text)),
    longestPauseMs: Math.max(...longestPausesMs, longestPauseMs(text)),
    mostResidentBytes,
  };
}

async function scrapeFor(durationMs: number, scrape: () => Promise<unknown>): Promise<void> {
  const startMs = performance.now();
  for (let atMs = SCRAPE_EVERY_MS; atMs < durationMs; atMs += SCRAPE_EVERY_MS) {
    await sleep(startMs + atMs - performance.now());
    await scrape();
  }
  await sleep(startMs + durationMs - performance.now());
}

/** Of the event loop since the scrape before; the metric tells times between ticks of 10 ms. */
function longestPauseMs(text: string): number {
  return 1000 * sampleValue(text, "nodejs_eventloop_lag_max_seconds") - TICK_MS;
}

function totals(text: string): Totals {
  return {
    atMs: performance.now(),
    cpuSeconds: sampleValue(text, "process_cpu_seconds_total"),
    polls: sum(values(text, "athena_workgroup_polls_total")),
    calls: sum(values(text, "athena_exporter_api_requests_total")),
  };
}

function perMinute(before: Totals, after: Totals) {
  const minutes = (after.atMs - before.atMs) / 60_000;
  return {
    pollsPerMinute: (after.polls - before.polls) / minutes,
    callsPerMinute: (after.calls - before.calls) / minutes,
    cpuSecondsPerMinute: (after.cpuSeconds - before.cpuSeconds) / minutes,
  };
}

/** Neither a warning of Node's, nor of the exporter's own, nor an error. */
function rejectComplaints(log: readonly string[]): void {
  const complaints = log.filter((line) => !line.startsWith('{"level":"info",'));
  if (complaints.length > 0) throw new Error(`the daemon complains:\n${complaints.join("\n")}`);
}

function freshness(outcomes: readonly Outcome[]): string {
  return table(
    ["workgroups", "first round", "planned", "gap, median", "p99", "longest", "polled once", "polls skipped"],
    outcomes.map(({ workgroups, firstRoundMs, plannedSeconds, gaps, skippedPolls }) => [
      String(workgroups),
      `${(firstRoundMs / 1000).toFixed(0)} s`,
      `${plannedSeconds.toFixed(1)} s`,
      `${gaps.median.toFixed(2)} s`,
      `${gaps.p99.toFixed(2)} s`,
      `${gaps.longest.toFixed(2)} s`,
      String(gaps.polledOnce),
      String(skippedPolls),
    ]),
  );
}

function growth(outcomes: readonly Outcome[]): string {
  return table(
    [
      "workgroups",
      "series",
      "polls/min",
      "calls/min",
      "CPU/min",
      "CPU/min a 1,000 workgroups",
      "longest pause",
      "resident",
    ],
    outcomes.map((outcome) => [
      String(outcome.workgroups),
      String(outcome.series),
      outcome.pollsPerMinute.toFixed(0),
      outcome.callsPerMinute.toFixed(0),
      `${outcome.cpuSecondsPerMinute.toFixed(2)} s`,
      `${((1000 * outcome.cpuSecondsPerMinute) / outcome.workgroups).toFixed(2)} s`,
      `${outcome.longestPauseMs.toFixed(0)} ms`,
      `${(outcome.mostResidentBytes / MB).toFixed(0)} MB`,
    ]),
  );
}

function values(text: string, name: string): number[] {
  return samplesOf(text, name).map(([, value]) => value);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
