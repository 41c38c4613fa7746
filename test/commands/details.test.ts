import { expect, test } from "vitest";
import { EXIT } from "../../src/app/host.ts";
import { runCommand, startAccount } from "./run-command.ts";

const SESSIONS = 25;
const CONFIG = "{poll: {rate_limit: 1000}, sessions: {details: true}}";

/** Runs a command where a workgroup has SESSIONS sessions; gives its stdout and how many GetSession requests it sent. */
async function runWithDetails(command: string): Promise<{ stdout: string; requests: number }> {
  const atMs = Date.now() - 60_000;
  const sessions = Array.from({ length: SESSIONS }, () => ({ state: "IDLE" as const, atMs }));
  const simulator = await startAccount([{ name: "etl", engine: "PySpark engine version 3", sessions }]);
  try {
    const { exitCode, stdout } = await runCommand(simulator, [command], {}, CONFIG);
    expect(exitCode).toBe(EXIT.done);
    return { stdout, requests: simulator.requests.count({ operation: "GetSession" }) };
  } finally {
    await simulator.close();
  }
}

test("once has the details of every session, as no later poll could add them", async () => {
  const { stdout } = await runWithDetails("once");
  expect(stdout.match(/^athena_session_max_dpus\{/gm)).toHaveLength(SESSIONS);
});

test("sessions reads no details, because it shows none", async () => {
  expect(await runWithDetails("sessions")).toMatchObject({ requests: 0 });
});
