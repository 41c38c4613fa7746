import { afterAll, beforeAll, expect, test } from "vitest";
import { EXIT } from "../../src/app/host.ts";
import type { Simulator } from "../../src/simulator/simulator.ts";
import { runCommand, startAccount } from "./run-command.ts";

let simulator: Simulator;

beforeAll(async () => {
  simulator = await startAccount([{ name: "etl", engine: "PySpark engine version 3" }]);
});

afterAll(() => simulator.close());

const run = (argv: readonly string[], yaml = "{poll: {rate_limit: 1000}, quotas: true}") =>
  runCommand(simulator, argv, {}, yaml);

test("once has the quotas, and sessions requests none", async () => {
  expect((await run(["once"])).stdout).toMatch(/athena_account_dpu_quota\{.*quota="On-Demand DPUs"\} 4\n/);
  simulator.requests.clear();
  await run(["sessions"]);
  expect(simulator.requests.count({ service: "servicequotas" })).toBe(0);
});

test("check tries both requests and shows the quotas, and iam-policy grants them, only where they are read", async () => {
  const { exitCode, stdout } = await run(["check"]);
  expect(exitCode).toBe(EXIT.done);
  expect(stdout).toMatch(/✓ .*ListServiceQuotas: Apache Spark DPU concurrency: 160\n/);
  expect(stdout).toMatch(/✓ .*ListAWSDefaultServiceQuotas: .*On-Demand DPUs: 4\n/);
  expect((await run(["check"], "{}")).stdout).not.toContain("Quotas");
  expect((await run(["iam-policy"])).stdout).toContain('"servicequotas:ListAWSDefaultServiceQuotas"');
  expect((await run(["iam-policy"], "{}")).stdout).not.toContain("servicequotas");
});

test("a denied permission is named with what to grant", async () => {
  simulator.settings.denials = [{ operation: "ListServiceQuotas" }];
  const { exitCode, stdout } = await run(["check"]);
  expect(exitCode).toBe(EXIT.failed);
  expect(stdout).toContain(
    `Grant servicequotas:ListServiceQuotas on "*" in eu-west-1 to the exporter's role.`,
  );
  const once = await run(["once"]);
  expect(once.exitCode).toBe(EXIT.done);
  expect(once.stderr).toMatch(/eu-west-1: quotas are not known: access_denied: /);
  simulator.settings.denials = [];
});

test("a wrong value is named with what is expected", async () => {
  const { exitCode, stderr } = await run(["once"], "quotas: yes");
  expect(exitCode).toBe(EXIT.usage);
  expect(stderr).toMatch(/quotas: expected true or false, got "yes"/);
});
