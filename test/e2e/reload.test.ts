import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { startExporter, type Exporter } from "./exporter.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { until } from "./until.ts";
import { REGION, startTestSimulator } from "./test-simulator.ts";

interface Reloadable {
  readonly exporter: Exporter;
  readonly write: (text: string) => Promise<void>;
}

function configOf(workgroups: readonly string[]): string {
  const accounts = [{ regions: [REGION], workgroups }];
  return JSON.stringify({ poll: { interval: "1s", rate_limit: 1000 }, accounts });
}

async function startReloadable(args: readonly string[] = []): Promise<Reloadable> {
  const { environment } = await startTestSimulator();
  const path = join(await temporaryFolder(), "config.yaml");
  const write = (text: string) => writeFile(path, text);
  await write(configOf(["etl"]));
  const exporter = await startExporter([`--config.file=${path}`, ...args], { environment });
  return { exporter: await exporter.untilReady(), write };
}

async function post(exporter: Exporter): Promise<[number, string]> {
  const response = await fetch(`${exporter.url}/-/reload`, { method: "POST" });
  return [response.status, await response.text()];
}

test("a reload adds and removes workgroups without errors for clients", async () => {
  const { exporter, write } = await startReloadable(["--web.enable-lifecycle"]);
  const statuses = new Set<number>();
  const done = new AbortController();
  const client = (async () => {
    while (!done.signal.aborted) {
      statuses.add(await exporter.status("/metrics"));
      statuses.add(await exporter.status("/-/ready"));
      statuses.add(await exporter.status("/"));
      await setImmediate();
    }
  })();
  await write(configOf(["etl", "notebooks"]));
  expect(await post(exporter)).toEqual([200, "Reloaded.\n"]);
  await exporter.untilMetric(/^athena_workgroup_up\{.*workgroup="notebooks"\} 1$/m);
  expect(exporter.lines("the configuration was reloaded")).toMatchObject([{ changed: ["accounts"] }]);
  expect(await exporter.metrics()).toMatch(/^athena_workgroup_up\{.*workgroup="etl"\} 1$/m);
  await write(configOf(["notebooks"]));
  exporter.program.signal("SIGHUP");
  await until("etl to be removed", async () => !(await exporter.metrics()).includes('workgroup="etl"'));
  done.abort();
  await client;
  // Readiness may be 503 until the added workgroup has been polled.
  expect([...statuses].filter((status) => status !== 200 && status !== 503)).toEqual([]);
  expect(exporter.program.hasExited).toBe(false);
});

test("an invalid configuration changes nothing, and its errors are returned, logged and exposed as a metric", async () => {
  const { exporter, write } = await startReloadable(["--web.enable-lifecycle"]);
  expect(await exporter.metrics()).toMatch(/^athena_exporter_config_last_reload_successful 1$/m);
  await write("poll: {intervall: 1s}\naccounts: [{regions: [eu-west-1x]}]");
  const [status, reasons] = await post(exporter);
  expect(status).toBe(500);
  expect(reasons).toContain('did you mean "interval"?');
  expect(reasons).toContain("eu-west-1x");
  await exporter.untilMetric(/^athena_exporter_config_last_reload_successful 0$/m);
  expect(await exporter.metrics()).toMatch(/^athena_workgroup_up\{.*workgroup="etl"\} 1$/m);
  expect(exporter.lines("the configuration was not reloaded; nothing has changed")).toHaveLength(1);
});

test("reloading over HTTP is disabled by default, reloading by signal is not", async () => {
  const { exporter } = await startReloadable();
  expect((await post(exporter))[0]).toBe(403);
  exporter.program.signal("SIGHUP");
  await until("the reload", () => exporter.lines("the configuration was reloaded").length === 1);
});
