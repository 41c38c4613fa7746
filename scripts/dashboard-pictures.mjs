// Draws the dashboards of docs/images: node scripts/dashboard-pictures.mjs DRAW [MINUTES]
//
// DRAW is a program that draws Grafana dashboards from a Prometheus: DRAW DASHBOARDS_FOLDER PROMETHEUS_URL OUT_FOLDER
// --range=SECONDS [--light] writes OUT_FOLDER/UID-dark.png, or UID-light.png, for each dashboard. None comes with this project.
// The pictures show the demo's fleet after MINUTES, 30 by default. Needs `npm run build` and Debian's prometheus.
import { spawn, spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const PICTURES = {
  "athena-sessions-fleet": "dashboard-fleet",
  "athena-sessions-workgroup": "dashboard-workgroup",
  "athena-session-exporter-health": "dashboard-health",
};
/** The exporter that is scraped polls the demo's simulated Athena with the settings that fill most panels. */
const CONFIG = {
  poll: { interval: "15s" },
  accounts: [{ name: "data-platform", discovery: { tag_labels: ["team"] } }],
  sessions: { details: true, owners: "cloudtrail" },
  quotas: true,
};
const RULES = resolve("deploy/prometheus/athena-session-exporter.rules.yaml");

const [draw, minutes = "30"] = process.argv.slice(2);
if (draw === undefined || !(Number(minutes) > 0)) {
  process.stderr.write(
    "usage: node scripts/dashboard-pictures.mjs DRAW [MINUTES], see the head of the file\n",
  );
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), "dashboard-pictures-"));
const children = [];
try {
  const url = await startPrometheus(await startExporter(await startDemo()));
  process.stdout.write(`${url} scrapes the demo for ${minutes} minutes\n`);
  await sleep(Number(minutes) * 60_000);
  drawAll(url);
} finally {
  for (const child of children) child.kill();
  rmSync(folder, { recursive: true, force: true });
}

function start(program, args, environment = {}) {
  const child = spawn(program, args, {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ...environment },
  });
  children.push(child);
  return child;
}

/** Starts the demo, and resolves to the variables by which an AWS client uses its Athena. */
async function startDemo() {
  const demo = start(process.execPath, [
    "dist/main.js",
    "demo",
    "--web.listen-address=127.0.0.1:0",
    "--log.level=error",
  ]);
  let printed = "";
  for await (const chunk of demo.stdout) {
    printed += chunk;
    const line = /^AWS_ENDPOINT_URL=.*\n/m.exec(printed)?.[0];
    if (line !== undefined)
      return Object.fromEntries(
        line
          .trim()
          .split(" ")
          .map((part) => part.split("=", 2)),
      );
  }
  throw new Error(`the demo ended without a line of variables:\n${printed}`);
}

/** Starts an exporter of the demo's Athena, and resolves to its address. */
async function startExporter(variables) {
  const address = `127.0.0.1:${await freePort()}`;
  const configuration = { ATHENA_EXPORTER_CONFIG_CONTENT: JSON.stringify(CONFIG) };
  start(process.execPath, ["dist/main.js", "run", `--web.listen-address=${address}`, "--log.level=error"], {
    ...variables,
    ...configuration,
  });
  return address;
}

/** Starts a Prometheus with the rules of this project that scrapes the exporter; resolves to its URL. */
async function startPrometheus(exporter) {
  const config = join(folder, "prometheus.yml");
  const scrape = { job_name: "athena-sessions", static_configs: [{ targets: [exporter] }] };
  const global = { scrape_interval: "15s", evaluation_interval: "15s" };
  // JSON is YAML.
  writeFileSync(config, JSON.stringify({ global, rule_files: [RULES], scrape_configs: [scrape] }));
  const address = `127.0.0.1:${await freePort()}`;
  start("prometheus", [
    `--config.file=${config}`,
    `--storage.tsdb.path=${join(folder, "data")}`,
    `--web.listen-address=${address}`,
    "--log.level=error",
  ]);
  return `http://${address}`;
}

function drawAll(url) {
  for (const mode of ["dark", "light"]) {
    const range = `--range=${Math.round(Number(minutes) * 60)}`;
    const flags = mode === "light" ? ["--light"] : [];
    const { status } = spawnSync(resolve(draw), ["grafana/dashboards", url, folder, range, ...flags], {
      stdio: "inherit",
    });
    if (status !== 0) throw new Error(`${draw} ended with status ${status}`);
    for (const [uid, name] of Object.entries(PICTURES)) {
      copyFileSync(join(folder, `${uid}-${mode}.png`), `docs/images/${name}-${mode}.png`);
    }
  }
}

async function freePort() {
  const server = createServer();
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}
