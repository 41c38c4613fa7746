import { expect, test } from "vitest";
import { EXIT } from "../../src/app/host.ts";
import { runCli } from "../../src/cli.ts";
import { systemClock } from "../../src/clock.ts";
import { startSimulator } from "../../src/simulator/simulator.ts";

const TOTAL_LIMIT = 2000;
const CONFIG = `
poll: {rate_limit: 1000}
sessions: {per_session: {total_limit: ${TOTAL_LIMIT}}}
`;
const WORKGROUPS = Array.from({ length: 30 }, (_, index) => `team-${index}`);

test("once gives the series of total_limit to the most urgent sessions of all workgroups, whichever is polled last", async () => {
  const atMs = Date.now() - 60_000;
  const workgroups = WORKGROUPS.map((name) => ({
    name,
    engine: "PySpark engine version 3",
    sessions: Array.from({ length: 100 }, (_, index) =>
      index === 0
        ? { id: `broken in ${name}`, state: "DEGRADED" as const, atMs }
        : { state: "IDLE" as const, atMs },
    ),
  }));
  const keys = [{ accessKeyId: "AKIATESTTESTTESTTEST", secretAccessKey: "a-secret-of-the-simulator" }];
  const simulator = await startSimulator({
    clock: systemClock,
    accounts: [{ id: "123456789012", keys, regions: { "eu-west-1": workgroups } }],
  });
  const former = { ...process.env };
  Object.assign(process.env, simulator.environment, { AWS_EC2_METADATA_DISABLED: "true" });
  let stdout = "";
  try {
    const exitCode = await runCli(["once", "--config.file=config.yaml"], {
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
  } finally {
    process.env = former;
    await simulator.close();
  }
  const shown = [...stdout.matchAll(/^athena_session_info\{.*session_id="([^"]*)"/gm)].map(
    ([, id = ""]) => id,
  );
  expect(shown.filter((id) => id.startsWith("broken")).sort()).toEqual(
    WORKGROUPS.map((name) => `broken in ${name}`).sort(),
  );
  expect(shown).toHaveLength(TOTAL_LIMIT);
});
