import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { freePort } from "./port.ts";
import { Program } from "./program.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { until } from "./until.ts";

/** Labels, by name, with the value beside them. */
export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
}

interface QueryAnswer {
  readonly status: string;
  readonly error?: string;
  readonly data: {
    readonly result: readonly { metric: Record<string, string>; value: [number, string] }[];
  };
}

/** URLs by the name of their job. */
type Jobs = Readonly<Record<string, string | readonly string[]>>;

/** A Prometheus server of its own, which scrapes each job's URLs, and evaluates what rules it is given, every second. */
export async function startPrometheus(jobs: Jobs, alertmanagerUrl?: string): Promise<Prometheus> {
  const folder = await temporaryFolder();
  const port = await freePort();
  const config = join(folder, "prometheus.yml");
  const rules = join(folder, "rules.yml");
  await writeFile(rules, "groups: []");
  // JSON is YAML.
  await writeFile(
    config,
    JSON.stringify({
      global: { scrape_interval: "1s", scrape_timeout: "1s", evaluation_interval: "1s" },
      rule_files: [rules],
      scrape_configs: Object.entries(jobs).map(scrapeConfig),
      ...(alertmanagerUrl !== undefined && { alerting: { alertmanagers: [targetsOf(alertmanagerUrl)] } }),
    }),
  );
  const program = new Program(
    "prometheus",
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, "data")}`,
      `--web.listen-address=127.0.0.1:${port}`,
      "--web.enable-lifecycle",
      // What was told before Alertmanager had been discovered is told again that soon.
      "--rules.alert.resend-delay=1s",
    ],
    { environment: { PATH: process.env["PATH"] ?? "" } },
  );
  const prometheus = new Prometheus(`http://127.0.0.1:${port}`, rules);
  await until("Prometheus to be ready", async () => {
    if (program.hasExited) throw new Error(`Prometheus ended: ${program.stderr}`);
    return (await fetch(`${prometheus.url}/-/ready`)).ok;
  });
  return prometheus;
}

export class Prometheus {
  readonly url: string;
  readonly #rulesPath: string;

  constructor(url: string, rulesPath: string) {
    this.url = url;
    this.#rulesPath = rulesPath;
  }

  /** Evaluates the text of a file of rules from now on. */
  async load(rules: string): Promise<void> {
    await writeFile(this.#rulesPath, rules);
    const response = await fetch(`${this.url}/-/reload`, { method: "POST" });
    if (!response.ok) throw new Error(`the rules are refused: ${await response.text()}`);
  }

  /** What an instant query answers, as values by their labels. */
  async query(promql: string): Promise<readonly Sample[]> {
    const response = await fetch(
      `${this.url}/api/v1/query?${new URLSearchParams({ query: promql }).toString()}`,
    );
    const answer = (await response.json()) as QueryAnswer;
    if (answer.status !== "success") throw new Error(`${promql}: ${answer.error ?? "no answer"}`);
    return answer.data.result.map(({ metric, value: [, value] }) => ({ metric, value: Number(value) }));
  }

  /** The one value of a query; undefined where it has none. */
  async value(promql: string): Promise<number | undefined> {
    const samples = await this.query(promql);
    if (samples.length > 1) throw new Error(`${promql} has ${samples.length} values`);
    return samples[0]?.value;
  }
}

/** The values of samples by one label. */
export function valuesBy(label: string, samples: readonly Sample[]): Readonly<Record<string, number>> {
  return Object.fromEntries(samples.map(({ metric, value }) => [metric[label] ?? "", value]));
}

function scrapeConfig([job, urls]: [string, string | readonly string[]]) {
  return { job_name: job, ...targetsOf(urls) };
}

function targetsOf(urls: string | readonly string[]) {
  return { static_configs: [{ targets: [urls].flat().map((url) => new URL(url).host) }] };
}
