import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { freePort } from "./port.ts";
import { Program } from "./program.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { until } from "./until.ts";

/** The labels and the value of a sample. */
export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
}

interface QueryResponse {
  readonly status: string;
  readonly error?: string;
  readonly data: {
    readonly result: readonly { metric: Record<string, string>; value: [number, string] }[];
  };
}

/** Each scrape job: its URLs, or one URL and more of its scrape_config, such as `tls_config`. */
type Jobs = Readonly<Record<string, string | readonly string[] | ScrapeJob>>;

interface ScrapeJob {
  readonly url: string;
  readonly settings: object;
}

/** Starts a Prometheus that scrapes the jobs and evaluates its rules every second, and is stopped when the test ends. */
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
      // Alerts sent before Alertmanager was discovered are sent again soon.
      "--rules.alert.resend-delay=1s",
    ],
    { environment: { PATH: process.env["PATH"] ?? "" } },
  );
  const prometheus = new Prometheus(`http://127.0.0.1:${port}`, rules);
  await until("Prometheus to be ready", async () => {
    if (program.hasExited) throw new Error(`Prometheus exited: ${program.stderr}`);
    return (await fetch(`${prometheus.url}/-/ready`)).ok;
  });
  return prometheus;
}

/** A running Prometheus. */
export class Prometheus {
  readonly url: string;
  readonly #rulesPath: string;

  constructor(url: string, rulesPath: string) {
    this.url = url;
    this.#rulesPath = rulesPath;
  }

  /** Replaces the rules; `rules` is the text of a rule file. */
  async load(rules: string): Promise<void> {
    await writeFile(this.#rulesPath, rules);
    const response = await fetch(`${this.url}/-/reload`, { method: "POST" });
    if (!response.ok) throw new Error(`Prometheus rejected the rules: ${await response.text()}`);
  }

  /** The result of an instant query. */
  async query(promql: string): Promise<readonly Sample[]> {
    const response = await fetch(
      `${this.url}/api/v1/query?${new URLSearchParams({ query: promql }).toString()}`,
    );
    const body = (await response.json()) as QueryResponse;
    if (body.status !== "success") throw new Error(`${promql}: ${body.error ?? "no error message"}`);
    return body.data.result.map(({ metric, value: [, value] }) => ({ metric, value: Number(value) }));
  }

  /** The value of a query whose result has at most one sample; undefined if it has none. */
  async value(promql: string): Promise<number | undefined> {
    const samples = await this.query(promql);
    if (samples.length > 1) throw new Error(`${promql} has ${samples.length} values`);
    return samples[0]?.value;
  }
}

/** The values of samples by a label. */
export function valuesBy(label: string, samples: readonly Sample[]): Readonly<Record<string, number>> {
  return Object.fromEntries(samples.map(({ metric, value }) => [metric[label] ?? "", value]));
}

function scrapeConfig([job, scraped]: [string, Jobs[string] & {}]) {
  return typeof scraped === "object" && "url" in scraped
    ? { job_name: job, ...targetsOf(scraped.url), ...scraped.settings }
    : { job_name: job, ...targetsOf(scraped) };
}

function targetsOf(urls: string | readonly string[]) {
  return { static_configs: [{ targets: [urls].flat().map((url) => new URL(url).host) }] };
}
