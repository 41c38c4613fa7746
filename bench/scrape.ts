import { Child } from "./child.ts";
import type { FleetSize } from "./fleet.ts";
import type { LoadAnswer } from "./load-role.ts";
import type { ProcessCost } from "./process-cost.ts";
import { countSeries, scrapeText } from "./scrape-once.ts";
import { median, table } from "./table.ts";

const ROUNDS = 3;
const ROUND_MS = 4000;
const CONNECTIONS = 4;
const POLLS_PER_SECOND = 333;
const SESSIONS_EACH = 2;
const SIZES = [
  { workgroups: 3600, wanted: 0.5 },
  { workgroups: 10_000, wanted: 0.4 },
] as const;
const WANTED_PAUSE_MS = 20;
const HEADINGS = [
  "server",
  "scrapes/s",
  "ratio",
  "ratio by CPU",
  "longest pause, median round",
  "worst round",
  "resident",
  "polls/s",
];

type Round = LoadAnswer & ProcessCost & { readonly pollsPerSecond?: number };

/** What one server did, in the rounds that it had. */
interface Contestant {
  readonly name: string;
  readonly rounds: readonly Round[];
}

/** Scrapes with gzip while polls change what is scraped, against servers that have the same to say. */
export async function scrape(): Promise<string> {
  const parts: string[] = [];
  for (const { workgroups, wanted } of SIZES) {
    parts.push(await scrapeFleet({ workgroups, sessions: SESSIONS_EACH, epochMs: Date.now() }));
    parts.push(`Wanted: at least ${wanted} of the plain server, and no pause over ${WANTED_PAUSE_MS} ms.\n`);
  }
  return parts.join("\n");
}

async function scrapeFleet(size: FleetSize): Promise<string> {
  const simulator = await Child.start("simulator", size);
  const exporter = await Child.start("exporter", size, simulator.ready);
  const load = await Child.start("load", null);
  const { url } = exporter.ready;
  const text = await scrapeText(url);
  const plain = await Child.start("plain", { url });
  await measure(load, pollingFrom(exporter, "simulator"), CONNECTIONS);
  const [alone, remembered, polling]: [Round[], Round[], Round[]] = [[], [], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    alone.push(await measure(load, plain, CONNECTIONS));
    remembered.push(await measure(load, pollingFrom(exporter, "memory"), CONNECTIONS));
    polling.push(await measure(load, pollingFrom(exporter, "simulator"), CONNECTIONS));
  }
  await Promise.all([plain.stop(), simulator.stop()]);
  const registry = await Child.start("prom-client", { url });
  const registryRound = await measure(load, registry, 1);
  await Promise.all([registry.stop(), exporter.stop(), load.stop()]);
  return report(size, text, [
    { name: "plain node:http", rounds: alone },
    { name: "exporter, re-rendering", rounds: remembered },
    { name: "exporter, polling", rounds: polling },
    { name: "prom-client", rounds: [registryRound] },
  ]);
}

/** A server's process, which tells what it used up. */
interface Server {
  readonly ready: { readonly url: string };
  ask(question: { readonly durationMs: number }): Promise<ProcessCost & { readonly pollsPerSecond?: number }>;
}

function pollingFrom(exporter: Child<"exporter">, from: "memory" | "simulator"): Server {
  return {
    ready: exporter.ready,
    ask: ({ durationMs }) => exporter.ask({ durationMs, from, pollsPerSecond: POLLS_PER_SECOND }),
  };
}

async function measure(load: Child<"load">, server: Server, connections: number): Promise<Round> {
  const [answered, cost] = await Promise.all([
    load.ask({ url: server.ready.url, connections, durationMs: ROUND_MS }),
    server.ask({ durationMs: ROUND_MS }),
  ]);
  return { ...answered, ...cost };
}

function report({ workgroups }: FleetSize, text: string, contestants: readonly Contestant[]): string {
  const [baseline] = contestants;
  const baselineRate = median(baseline?.rounds.map(({ requestsPerSecond }) => requestsPerSecond) ?? []);
  const baselineByCpu = median(baseline?.rounds.map(scrapesPerCpuSecond) ?? []);
  const rows = contestants.map(({ name, rounds }) => {
    const rate = median(rounds.map(({ requestsPerSecond }) => requestsPerSecond));
    const polls = rounds[0]?.pollsPerSecond;
    return [
      name,
      String(Number(rate.toPrecision(3))),
      (rate / baselineRate).toPrecision(2),
      (median(rounds.map(scrapesPerCpuSecond)) / baselineByCpu).toPrecision(2),
      `${median(rounds.map(({ longestPauseMs }) => longestPauseMs)).toFixed(1)} ms`,
      `${Math.max(...rounds.map(({ longestPauseMs }) => longestPauseMs)).toFixed(1)} ms`,
      `${(Math.max(...rounds.map(({ residentBytes }) => residentBytes)) / 1e6).toFixed(0)} MB`,
      polls === undefined ? "-" : polls.toFixed(0),
    ];
  });
  const bytes = baseline?.rounds[0]?.meanBytes ?? NaN;
  const size = `${(text.length / 1e6).toFixed(1)} MB, ${(bytes / 1e6).toFixed(2)} MB with gzip`;
  return (
    `## Scrape: ${workgroups} workgroups, ${countSeries(text)} series, ${size}\n\n` + table(HEADINGS, rows)
  );
}

/** What a server would do if the machine had nothing else to do. */
function scrapesPerCpuSecond({ requestsPerSecond, cpuShare }: Round): number {
  return requestsPerSecond / cpuShare;
}
