import { expect, test } from "vitest";
import { EXIT } from "../../src/app/host.ts";
import { runCli } from "../../src/cli.ts";
import { systemClock } from "../../src/clock.ts";
import { startSimulator } from "../../src/simulator/simulator.ts";

const SESSIONS = 25;
const CONFIG = "{poll: {rate_limit: 1000}, sessions: {details: true}}";

/** Runs a command where a workgroup has SESSIONS sessions; gives its stdout and how many GetSession requests it sent. */
async function runCommand(command: string): Promise<{ stdout: string; requests: number }> {
  const atMs = Date.now() - 60_000;
  const sessions = Array.from({ length: SESSIONS }, () => ({ state: "IDLE" as const, atMs }));
  const etl = { name: "etl", engine: "PySpark engine version 3", sessions };
  const keys = [{ accessKeyId: "AKIATESTTESTTESTTEST", secretAccessKey: "a-secret-of-the-simulator" }];
  const simulator = await startSimulator({
    clock: systemClock,
    accounts: [{ id: "123456789012", keys, regions: { "eu-west-1": [etl] } }],
  });
  const former = { ...process.env };
  Object.assign(process.env, simulator.environment, { AWS_EC2_METADATA_DISABLED: "true" });
  let stdout = "";
  try {
    const exitCode = await runCli([command, "--config.file=config.yaml"], {
      environment: process.env,
      clock: systemClock,
      random: () => 0,
      readFile: async () => CONFIG,
      readMode: async () => 0o600,
      print: async (text) => {
        stdout += text;
      },
      printError: () => undefined,
      isTerminal: false,
      onStop: () => undefined,
      onReload: () => undefined,
    });
    expect(exitCode).toBe(EXIT.done);
    return { stdout, requests: simulator.requests.count({ operation: "GetSession" }) };
  } finally {
    process.env = former;
    await simulator.close();
  }
}

test("once has the details of every session, as no later poll could add them", async () => {
  const { stdout } = await runCommand("once");
  expect(stdout.match(/^athena_session_max_dpus\{/gm)).toHaveLength(SESSIONS);
});

test("sessions reads no details, because it shows none", async () => {
  expect(await runCommand("sessions")).toMatchObject({ requests: 0 });
});
