import { afterAll, beforeAll, expect, test } from "vitest";
import { systemClock, type Clock } from "../../src/clock.ts";
import { EXIT } from "../../src/app/host.ts";
import { startSimulator, type Simulator } from "../../src/simulator/simulator.ts";
import { runCommand } from "./run-command.ts";

let simulator: Simulator;
/** How far this machine's clock is ahead of AWS'. */
let clockErrorMs = 0;

const HOUR_MS = 3_600_000;

beforeAll(async () => {
  const keys = [{ accessKeyId: "AKIATESTTESTTESTTEST", secretAccessKey: "a-secret-of-the-simulator" }];
  const spark = { name: "etl", engine: "PySpark engine version 3" };
  const sql = { name: "primary", engine: "Athena engine version 3" };
  // In the middle of a minute, as Date headers tell AWS' clock to a second.
  const sessions = [
    { id: "s-1", state: "IDLE", atMs: systemClock.wallMs() - 5.5 * HOUR_MS - 30_000 } as const,
  ];
  const regions = {
    "eu-west-1": [spark, sql],
    "us-east-1": [sql],
    "eu-central-1": [{ ...spark, sessions }],
  };
  simulator = await startSimulator({ clock: systemClock, accounts: [{ id: "123456789012", keys, regions }] });
});

afterAll(() => simulator.close());

/** Runs a command, and tells what it printed and how many timers of its clock it left running. */
async function run(argv: readonly string[], environment: Simulator["environment"] = simulator.environment) {
  const timers = new Set<object>();
  const clock: Clock = {
    ...systemClock,
    wallMs: () => systemClock.wallMs() + clockErrorMs,
    after(delayMs, action) {
      const timer = {};
      timers.add(timer);
      const cancel = systemClock.after(delayMs, () => {
        timers.delete(timer);
        action();
      });
      return () => {
        timers.delete(timer);
        cancel();
      };
    },
  };
  const result = await runCommand({ environment }, argv, { clock });
  return { ...result, timers: timers.size };
}

test.each(["sessions", "once", "check"])("%s ends, with nothing left to wait for", async (command) => {
  expect(await run([command])).toMatchObject({ exitCode: EXIT.done, timers: 0 });
});

test.each(["sessions", "once"])("%s ends at once in a region without Spark workgroups", async (command) => {
  const result = await run([command, "--aws.region=us-east-1"]);
  expect(result).toMatchObject({ exitCode: EXIT.done, timers: 0 });
});

test.each(["sessions", "once", "check"])("%s fails at once with wrong credentials", async (command) => {
  const environment = { ...simulator.environment, AWS_SECRET_ACCESS_KEY: "another" };
  expect(await run([command], environment)).toMatchObject({ exitCode: EXIT.failed, timers: 0 });
});

test("sessions says whether there are no active sessions, or none could be read", async () => {
  expect(await run(["sessions"])).toMatchObject({ exitCode: EXIT.done, stdout: "no active sessions\n" });
  const recover = simulator.faults.add({ kind: "access-denied", operation: "ListSessions" });
  const failed = await run(["sessions"]);
  recover();
  expect(failed).toMatchObject({
    exitCode: EXIT.failed,
    stdout: "no workgroup could be read; the errors say why\n",
  });
});

test.each([0, 3 * HOUR_MS, -3 * HOUR_MS])(
  "sessions tells durations by AWS' clock if this machine's is off by %i ms",
  async (errorMs) => {
    clockErrorMs = errorMs;
    const { stdout } = await run(["sessions", "--aws.region=eu-central-1"]);
    clockErrorMs = 0;
    expect(stdout).toMatch(/ s-1 +IDLE +5h 3\dm ago /);
  },
);

test("check prints a line and no advice for what is permitted", async () => {
  const { stdout } = await run(["check"]);
  expect(stdout).toContain("✓ 123456789012 eu-west-1  GetSessionStatus: permitted\n");
  expect(stdout).not.toContain("optional");
});
