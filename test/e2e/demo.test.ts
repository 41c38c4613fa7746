import {
  AthenaClient,
  ListSessionsCommand,
  StartSessionCommand,
  TerminateSessionCommand,
} from "@aws-sdk/client-athena";
import { expect, onTestFinished, test } from "vitest";
import { type Exporter, startExporter } from "./exporter.ts";
import { seriesOf, valueOf } from "./exposition.ts";
import { until } from "./until.ts";

/** Of somebody who has AWS set up, and whose settings must not reach the demo. */
const OTHERS_ENVIRONMENT = {
  AWS_PROFILE: "production",
  AWS_ENDPOINT_URL_ATHENA: "http://127.0.0.1:9",
  AWS_SESSION_TOKEN: "somebody's",
};
const WITHIN_MS = 60_000;
const ACCOUNT = `aws_account_id="123456789012",aws_region="eu-west-1"`;

async function startDemo(): Promise<Exporter> {
  return (await startExporter(["demo"], { environment: OTHERS_ENVIRONMENT })).untilReady();
}

/** The variables of the one line that is to be put before a command. */
async function printedVariables(exporter: Exporter): Promise<Readonly<Record<string, string>>> {
  const line = await until("the line with the variables", () =>
    exporter.program.stdout.split("\n").find((candidate) => candidate.startsWith("AWS_ENDPOINT_URL=")),
  );
  return Object.fromEntries(line.split(" ").map((part) => part.split("=", 2) as [string, string]));
}

test("what it prints lets an AWS client list, start and terminate, and the metrics follow", async () => {
  const exporter = await startDemo();
  expect(exporter.program.stdout).toContain(`${exporter.url}/metrics`);
  const { AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } =
    await printedVariables(exporter);
  const client = new AthenaClient({
    endpoint: AWS_ENDPOINT_URL ?? "",
    region: AWS_REGION ?? "",
    credentials: { accessKeyId: AWS_ACCESS_KEY_ID ?? "", secretAccessKey: AWS_SECRET_ACCESS_KEY ?? "" },
  });
  onTestFinished(() => client.destroy());
  const listed = await client.send(new ListSessionsCommand({ WorkGroup: "notebooks-finance" }));
  expect(listed.Sessions?.length).toBeGreaterThanOrEqual(3);

  const series = (name: string, labels = "") => `${name}{${ACCOUNT},workgroup="sandbox"${labels}}`;
  const followed = async (name: string, labels: string, wanted: number) =>
    until(name, async () => valueOf(await exporter.metrics(), series(name, labels)) === wanted);
  const { SessionId } = await client.send(
    new StartSessionCommand({ WorkGroup: "sandbox", EngineConfiguration: { MaxConcurrentDpus: 4 } }),
  );
  await followed("athena_sessions_started_total", "", 1);
  expect(await exporter.metrics()).toContain(`session_id="${SessionId}"`);
  await client.send(new TerminateSessionCommand({ SessionId }));
  await followed("athena_sessions_ended_total", ',state="TERMINATED"', 1);
  expect(await exporter.metrics()).not.toContain(`session_id="${SessionId}"`);
});

test("within a minute sessions start, idle, degrade, fail and end", async () => {
  const exporter = await startDemo();
  const sum = (exposition: string, pattern: RegExp) =>
    seriesOf(exposition)
      .filter((series) => pattern.test(series))
      .reduce((total, series) => total + (valueOf(exposition, series) ?? 0), 0);
  for (const happens of [
    /^athena_sessions_started_total\{/,
    /^athena_sessions_ended_total\{.*state="TERMINATED"/,
    /^athena_sessions_ended_total\{.*state="FAILED"/,
    /^athena_sessions_degraded_total\{/,
    /^athena_idle_sessions\{.*min_idle_seconds="3600"/,
  ]) {
    await until(
      `${happens.source} over 0`,
      async () => sum(await exporter.metrics(), happens) > 0,
      WITHIN_MS,
    );
  }
  expect(await exporter.metrics()).not.toMatch(/^athena_workgroup_up\{.*\} 0$/m);
});
