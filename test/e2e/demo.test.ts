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

/** The settings of a user for AWS and proxies, which the demo must ignore. */
const USER_ENVIRONMENT = {
  AWS_PROFILE: "production",
  AWS_ENDPOINT_URL_ATHENA: "http://127.0.0.1:9",
  AWS_SESSION_TOKEN: "the user's token",
  HTTP_PROXY: "http://127.0.0.1:9",
  https_proxy: "http://127.0.0.1:9",
};
const MINUTE_MS = 60_000;

/** The variables in the line that the demo prints for use with the AWS CLI. */
async function printedVariables(exporter: Exporter): Promise<Readonly<Record<string, string>>> {
  const line = await until("the line with the variables", () =>
    exporter.program.stdout.split("\n").find((candidate) => candidate.startsWith("AWS_ENDPOINT_URL=")),
  );
  return Object.fromEntries(line.split(" ").map((part) => part.split("=", 2) as [string, string]));
}

function athenaOf(variables: Readonly<Record<string, string>>): AthenaClient {
  const client = new AthenaClient({
    endpoint: variables["AWS_ENDPOINT_URL"] ?? "",
    region: variables["AWS_REGION"] ?? "",
    credentials: {
      accessKeyId: variables["AWS_ACCESS_KEY_ID"] ?? "",
      secretAccessKey: variables["AWS_SECRET_ACCESS_KEY"] ?? "",
    },
  });
  onTestFinished(() => client.destroy());
  return client;
}

/** The sum of the values of the series that match. */
function sumOf(exposition: string, pattern: RegExp): number {
  return seriesOf(exposition)
    .filter((series) => pattern.test(series))
    .reduce((total, series) => total + (valueOf(exposition, series) ?? 0), 0);
}

test("an AWS client can use the demo, and every kind of session event happens within a minute", async () => {
  const exporter = await (await startExporter(["demo"], { environment: USER_ENVIRONMENT })).untilReady();
  const endMs = performance.now() + MINUTE_MS;
  const untilPositive = async (pattern: RegExp) =>
    until(
      `${pattern.source} to be positive`,
      async () => sumOf(await exporter.metrics(), pattern) > 0,
      endMs - performance.now(),
    );
  expect(exporter.program.stdout).toContain(`${exporter.url}/metrics`);
  const client = athenaOf(await printedVariables(exporter));
  const listed = await client.send(new ListSessionsCommand({ WorkGroup: "notebooks-finance" }));
  expect(listed.Sessions?.length).toBeGreaterThanOrEqual(3);

  const { SessionId } = await client.send(
    new StartSessionCommand({ WorkGroup: "sandbox", EngineConfiguration: { MaxConcurrentDpus: 4 } }),
  );
  await untilPositive(/^athena_sessions_started_total\{.*workgroup="sandbox"/);
  expect(await exporter.metrics()).toContain(`session_id="${SessionId}"`);
  await client.send(new TerminateSessionCommand({ SessionId }));

  await untilPositive(/^athena_idle_sessions\{.*min_idle_seconds="3600"/);
  await untilPositive(/^athena_sessions_degraded_total\{/);
  await untilPositive(/^athena_sessions_ended_total\{.*state="FAILED"/);
  await untilPositive(/^athena_sessions_ended_total\{.*workgroup="sandbox",state="TERMINATED"/);
  const exposition = await exporter.metrics();
  expect(exposition).not.toContain(`session_id="${SessionId}"`);
  expect(exposition).not.toMatch(/^athena_workgroup_up\{.*\} 0$/m);
  const endOf = (fields: string) => new RegExp(`^.*${fields}.*"msg":"session ended".*$`, "m");
  const callerEnded = endOf(`"session_id":"${SessionId}".*"started_by":"exporter".*"ended_by":"exporter"`);
  await until("the log to tell who ended it", () => callerEnded.test(exporter.program.stderr), MINUTE_MS);
  const timedOut = endOf('"ended_by":"idle_timeout"');
  await until("an idle timeout in the log", () => timedOut.test(exporter.program.stderr), MINUTE_MS);
});
