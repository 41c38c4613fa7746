import { spawn } from "node:child_process";
import { once } from "node:events";
import { Child } from "./child.ts";
import { MAIN, startDaemon } from "./daemon.ts";
import { scrapeGzip } from "./scrape-once.ts";
import { median, table } from "./table.ts";

const ROUNDS = 7;
/** The packages that `run` imports. */
const PACKAGES = [
  "@aws-sdk/client-athena",
  "@aws-sdk/client-sts",
  "@aws-sdk/credential-providers",
  "@aws-sdk/ec2-metadata-service",
  "@smithy/core/config",
  "@smithy/core/protocols",
  "express",
  "fastest-levenshtein",
  "p-limit",
  "pino",
  "pino-pretty",
  "prom-client",
  "proxy-agent",
  "yaml",
  "zod",
];
const IMPORTS = PACKAGES.map((name) => `import ${JSON.stringify(name)};`).join("");

const FIRST_ROUNDS = 3;
const FLEET = { workgroups: 2000, sessions: 10, workgroupsPerActive: 1 };
/** So high that nothing waits for it. */
const UNLIMITED = "poll: {rate_limit: 100000, concurrency: 50}";

/** From the start of the process to the first scrape that is answered, against Node importing the same packages. */
export async function start(): Promise<string> {
  const simulator = await Child.start("simulator", { workgroups: 20, sessions: 2, epochMs: Date.now() });
  const [bareMs, exporterMs]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    bareMs.push(await durationMs(importPackages));
    exporterMs.push(await startAndScrape(simulator.ready));
  }
  await simulator.stop();
  const ratio = median(exporterMs) / median(bareMs);
  const first = table(
    ["Node importing the packages", "exporter", "ratio"],
    [[`${median(bareMs).toFixed(0)} ms`, `${median(exporterMs).toFixed(0)} ms`, ratio.toFixed(2)]],
  );
  return `${first}\n${await firstRounds()}`;
}

/** The whole time of commands that poll each of 2,000 workgroups once. */
async function firstRounds(): Promise<string> {
  const athena = await Child.start("fleet-athena", { ...FLEET, epochMs: Date.now() });
  const rows: string[][] = [];
  for (const command of ["once", "sessions"]) {
    const tookMs: number[] = [];
    for (let round = 0; round < FIRST_ROUNDS; round += 1) {
      tookMs.push(await durationMs(async () => runOnce(command, athena.ready)));
    }
    rows.push([`${command}, ${FLEET.workgroups} workgroups`, `${(median(tookMs) / 1000).toFixed(1)} s`]);
  }
  await athena.stop();
  return table(["command", "median time"], rows);
}

async function runOnce(command: string, environment: Readonly<Record<string, string>>): Promise<void> {
  const child = spawn(process.execPath, [MAIN, command], {
    env: { ...process.env, ...environment, ATHENA_EXPORTER_CONFIG_CONTENT: UNLIMITED },
    stdio: "ignore",
  });
  const [code] = (await once(child, "exit")) as [number | null];
  if (code !== 0) throw new Error(`${command} ended with ${code}`);
}

async function importPackages(): Promise<void> {
  const child = spawn(process.execPath, ["--input-type=module", "--eval", IMPORTS], { stdio: "ignore" });
  const [code] = (await once(child, "exit")) as [number | null];
  if (code !== 0) throw new Error(`importing the packages ended with ${code}`);
}

async function startAndScrape(environment: Readonly<Record<string, string>>): Promise<number> {
  const startMs = performance.now();
  const daemon = await startDaemon("", environment);
  await scrapeGzip(daemon.url);
  const tookMs = performance.now() - startMs;
  await daemon.stop();
  return tookMs;
}

async function durationMs(work: () => Promise<void>): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}
