import { gzipSync } from "node:zlib";
import { Child } from "./child.ts";
import type { ExporterSettings } from "./exporter-role.ts";
import { loopRatios, measureLoops } from "./scrape-loop.ts";
import { scrapeText } from "./scrape-once.ts";
import { measureSpaced } from "./scrape-spaced.ts";
import { median, table } from "./table.ts";

const FLEET: ExporterSettings = {
  size: { workgroups: 2000, sessions: 10, epochMs: Date.now() },
  sessionLimit: 10,
};
/** Each scrape builds a body, and there are many and few polls, so that the polls' CPU matters little. */
const SPACING = { rounds: 3, everyMs: 150, scrapesPerRound: 50, pollsPerSecond: 50 };
const SPACED_MS = SPACING.rounds * SPACING.everyMs * SPACING.scrapesPerRound;
const LOOP_ROUNDS = 2;

/** A ratio that is about the same on every machine, and the most that passes: far more than was measured, as machines are noisy. */
interface Check {
  readonly name: string;
  readonly measured: number;
  readonly most: number;
}

/** Fails the process where scrapes have become far more expensive than they were. Takes a minute. */
export async function guard(): Promise<string> {
  const simulator = await Child.start("simulator", FLEET.size);
  const exporter = await Child.start("exporter", FLEET, simulator.ready);
  const scraper = await Child.start("scraper", null);
  const load = await Child.start("load", null);
  const plain = await Child.start("plain", { url: exporter.ready.url });
  const text = await scrapeText(exporter.ready.url);
  const compressingMs = [gzipMs(text), gzipMs(text)];
  // The plain server idles meanwhile: its pauses are those of the machine.
  const [spaced, idle] = await Promise.all([
    measureSpaced(exporter, scraper, SPACING, SPACING),
    plain.ask({ durationMs: SPACED_MS, watchesPauses: true }),
  ]);
  compressingMs.push(gzipMs(text));
  const loops = await measureLoops(exporter, plain, load, LOOP_ROUNDS);
  await Promise.all([plain, simulator, exporter, load, scraper].map((child) => child.stop()));
  const plainCpuMs = median(
    loops.plain.map(({ cpuShare, requestsPerSecond }) => (1000 * cpuShare) / requestsPerSecond),
  );
  const checks = [
    {
      name: "CPU of a spaced scrape, to a plain server's",
      measured: spaced.cpuMsPerScrape / plainCpuMs,
      most: 60,
    },
    {
      name: "CPU of a scrape in a loop, to a plain server's",
      measured: 1 / loopRatios(loops.idle, loops.plain).byCpu,
      most: 3,
    },
    {
      name: "event loop pause p99.9 beyond an idle process', to compressing the whole body at once",
      measured: ((spaced.pauseP999Ms ?? NaN) - (idle.pauses?.p999Ms ?? NaN)) / median(compressingMs),
      most: 0.8,
    },
  ];
  return report(checks);
}

function gzipMs(text: string): number {
  const startMs = performance.now();
  gzipSync(text, { level: 1 });
  return performance.now() - startMs;
}

function report(checks: readonly Check[]): string {
  const rows = checks.map(({ name, measured, most }) => {
    const passes = measured <= most;
    if (!passes) process.exitCode = 1;
    return [name, measured.toFixed(2), most.toFixed(2), passes ? "passed" : "FAILED"];
  });
  return table(["ratio", "measured", "at most", ""], rows);
}
