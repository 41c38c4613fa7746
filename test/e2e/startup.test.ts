import { writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import { runExporter, startExporter } from "./exporter.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { until } from "./until.ts";
import { environmentOf, KEY, REGION, startTestSimulator } from "./test-simulator.ts";

const REGION_SOURCES = ["--aws.region", "AWS_REGION", "AWS_DEFAULT_REGION", "profile", "EC2"];

test("--help lists the commands and flags, and --version prints the package's version", async () => {
  const help = await runExporter(["--help"]);
  expect(help).toMatchObject({ status: 0, stderr: "" });
  for (const word of ["run", "demo", "once", "sessions", "check", "iam-policy", "--web.listen-address"]) {
    expect(help.stdout).toContain(word);
  }
  expect(await runExporter(["--version"])).toMatchObject({
    status: 0,
    stdout: `athena-session-exporter ${packageJson.version}\n`,
    stderr: "",
  });
});

test("the error for an unknown flag suggests the nearest known one", async () => {
  const { status, stdout, stderr } = await runExporter(["--web.listen-adress=:1"]);
  expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  expect(stderr).toContain("--web.listen-adress");
  expect(stderr).toContain("did you mean --web.listen-address?");
});

test("the error for a missing region names all sources of the region, and the demo", async () => {
  const { status, stderr } = await runExporter([], {
    environment: { AWS_ACCESS_KEY_ID: KEY.accessKeyId, AWS_SECRET_ACCESS_KEY: KEY.secretAccessKey },
  });
  expect(status).toBe(2);
  for (const place of [...REGION_SOURCES, "demo"]) expect(stderr).toContain(place);
  expect(stderr.trim().split("\n")).toHaveLength(1);
});

test("an invalid configuration is reported with all errors and their lines before any API request", async () => {
  const simulator = await startTestSimulator();
  const file = join(await temporaryFolder(), "wrong.yml");
  await writeFile(file, "poll:\n  intervall: 1m\n  rate_limit: -3\nsessions:\n  idle_thresholds: [soon]\n");
  const { status, stdout, stderr } = await runExporter([`--config.file=${file}`], {
    environment: simulator.environment,
  });
  expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  expect(stderr).toContain(`${file}:2`);
  expect(stderr).toContain("did you mean");
  expect(stderr).toContain(`${file}:3`);
  expect(stderr).toContain(`${file}:5`);
  expect(simulator.requests.total).toBe(0);
});

test("--config.check exits with 0 for a valid file and 2 for an invalid one, without API requests", async () => {
  const simulator = await startTestSimulator();
  const folder = await temporaryFolder();
  const [right, wrong] = [join(folder, "right.yml"), join(folder, "wrong.yml")];
  await writeFile(right, "poll:\n  interval: 30s\n");
  await writeFile(wrong, "poll:\n  interval: never\n");
  const environment = simulator.environment;
  expect(await runExporter(["--config.check", `--config.file=${right}`], { environment })).toMatchObject({
    status: 0,
    stderr: "",
  });
  const refused = await runExporter(["--config.check", `--config.file=${wrong}`], { environment });
  expect(refused.status).toBe(2);
  expect(refused.stderr).toContain(`${wrong}:2`);
  expect(simulator.requests.total).toBe(0);
});

test("a port that is in use is reported in one line, with status 1", async () => {
  const holder = createServer();
  await new Promise<void>((resolve) => holder.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    holder.close();
  });
  const { port } = holder.address() as AddressInfo;
  const { status, stderr } = await runExporter([`--web.listen-address=127.0.0.1:${port}`], {
    environment: environmentOf(await startTestSimulator()),
  });
  expect(status).toBe(1);
  expect(stderr.trim().split("\n")).toHaveLength(1);
  expect(stderr).toContain(`port ${port} on 127.0.0.1 is already in use`);
});

test("without credentials the exporter serves, logs once what is missing, and polls when they become available", async () => {
  const simulator = await startTestSimulator();
  const home = await temporaryFolder();
  const credentials = join(home, "credentials");
  const exporter = await startExporter(["--poll.interval=1s"], {
    environment: {
      HOME: home,
      AWS_ENDPOINT_URL: simulator.url,
      AWS_REGION: REGION,
      AWS_SHARED_CREDENTIALS_FILE: credentials,
    },
  });
  await exporter.untilMetric(/^athena_account_failing\{.*reason="credentials"\} 1$/m);
  expect(await exporter.status("/-/healthy")).toBe(200);
  expect(await exporter.isReady()).toBe(false);
  await exporter.untilMetric(/^athena_account_up\{.*\} 0$/m);

  await writeFile(
    credentials,
    `[default]\naws_access_key_id = ${KEY.accessKeyId}\naws_secret_access_key = ${KEY.secretAccessKey}\n`,
  );
  await exporter.untilReady();
  await exporter.untilMetric(/^athena_sessions\{.*workgroup="etl",state="IDLE"\} 2$/m);
  const [line, ...more] = exporter.lines("account and region is failing");
  expect(more).toEqual([]);
  const words = JSON.stringify(line);
  for (const place of ["AWS_ACCESS_KEY_ID", "AWS_PROFILE", "instance", "demo"])
    expect(words).toContain(place);
  await until("the recovery", () => exporter.lines("account and region recovered").length === 1);
});
