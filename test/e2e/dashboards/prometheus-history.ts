import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { freePort } from "../port.ts";
import { Program, runProgram } from "../program.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { until } from "../until.ts";

const ENVIRONMENT = { PATH: process.env["PATH"] ?? "" };

/** A counter with its samples; times are Unix seconds. */
interface PastSeries {
  /** For example `athena_idle_dpu_seconds_total{workgroup="etl"}`. */
  readonly series: string;
  readonly samples: readonly (readonly [timeSeconds: number, value: number])[];
}

/** Starts a Prometheus that scrapes nothing and has the samples of these counters of one family; returns its URL. */
export async function startPrometheusWithHistory(history: readonly PastSeries[]): Promise<string> {
  const folder = await temporaryFolder();
  const data = join(folder, "data");
  const file = join(folder, "history.txt");
  await writeFile(file, openMetrics(history));
  const created = await runProgram("promtool", ["tsdb", "create-blocks-from", "openmetrics", file, data], {
    environment: ENVIRONMENT,
  });
  if (created.status !== 0) throw new Error(`promtool: ${created.stdout}${created.stderr}`);
  const config = join(folder, "prometheus.yml");
  await writeFile(config, "{}");
  const port = await freePort();
  const program = new Program(
    "prometheus",
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${data}`,
      "--storage.tsdb.retention.time=1y",
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { environment: ENVIRONMENT },
  );
  const url = `http://127.0.0.1:${port}`;
  await until("Prometheus to be ready", async () => {
    if (program.hasExited) throw new Error(`Prometheus exited: ${program.stderr}`);
    return (await fetch(`${url}/-/ready`)).ok;
  });
  return url;
}

function openMetrics(history: readonly PastSeries[]): string {
  const family = (history[0]?.series ?? "").replace(/_total\{.*$/, "");
  const lines = history.flatMap(({ series, samples }) =>
    samples.map(([timeSeconds, value]) => `${series} ${value} ${timeSeconds}`),
  );
  return [`# TYPE ${family} counter`, ...lines, "# EOF", ""].join("\n");
}
