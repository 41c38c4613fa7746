import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { freePort } from "./port.ts";
import { Program } from "./program.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { until } from "./until.ts";

/** A running Alertmanager. */
export interface Alertmanager {
  /** For example "http://127.0.0.1:40123". */
  readonly url: string;
}

/** Starts an Alertmanager without peers that is stopped when the test ends; `config` is the text of its configuration file. */
export async function startAlertmanager(config: string): Promise<Alertmanager> {
  const folder = await temporaryFolder();
  const port = await freePort();
  const path = join(folder, "alertmanager.yml");
  await writeFile(path, config);
  const program = new Program(
    "prometheus-alertmanager",
    [
      `--config.file=${path}`,
      `--storage.path=${join(folder, "data")}`,
      `--web.listen-address=127.0.0.1:${port}`,
      "--cluster.listen-address=",
    ],
    { environment: { PATH: process.env["PATH"] ?? "" } },
  );
  const url = `http://127.0.0.1:${port}`;
  await until("Alertmanager to be ready", async () => {
    if (program.hasExited) throw new Error(`Alertmanager exited: ${program.stderr}`);
    return (await fetch(`${url}/-/ready`)).ok;
  });
  return { url };
}
