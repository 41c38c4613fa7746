import { afterAll, beforeAll, expect, test } from "vitest";
import { EXIT } from "../../src/app/host.ts";
import { identityOf } from "../../src/simulator/identity.ts";
import type { Simulator } from "../../src/simulator/simulator.ts";
import { ACCOUNT_ID, runCommand, startAccount } from "./run-command.ts";

const ANA = identityOf("assumed-role/data/ana@example.com", ACCOUNT_ID);
const YAML = "{poll: {rate_limit: 1000}, sessions: {owners: cloudtrail}}";

let simulator: Simulator;

beforeAll(async () => {
  const atMs = Date.now() - 3_600_000;
  const sessions = [{ id: "idle", state: "IDLE", atMs, startedBy: ANA } as const];
  const workgroups = [{ name: "etl", engine: "PySpark engine version 3", sessions }];
  // The commands follow one another faster than CloudTrail allows.
  simulator = await startAccount(workgroups, { lookupThrottle: undefined });
});

afterAll(() => simulator.close());

const run = (argv: readonly string[], yaml = YAML) => runCommand(simulator, argv, {}, yaml);

test("sessions shows who started each session", async () => {
  const { exitCode, stdout } = await run(["sessions"]);
  expect(exitCode).toBe(EXIT.done);
  expect(stdout).toMatch(/STARTED BY/);
  expect(stdout).toMatch(/idle .*ana@example\.com/);
});

test("sessions has the name and the ARN in JSON and CSV", async () => {
  const [session] = JSON.parse((await run(["sessions", "--output=json"])).stdout) as object[];
  expect(session).toMatchObject({ started_by: "ana@example.com", started_by_arn: ANA.arn });
  const { stdout } = await run(["sessions", "--output=csv"]);
  expect(stdout).toMatch(/,started_by,started_by_arn\n/);
  expect(stdout).toContain(`,ana@example.com,${ANA.arn}\n`);
});

test("once labels sessions with their owners", async () => {
  const { stdout } = await run(["once"]);
  expect(stdout).toMatch(/athena_session_info\{.*started_by="ana@example\.com"\} 1\n/);
  expect(stdout).toMatch(/athena_sessions_without_owner\{.*\} 0\n/);
});

test("--owner lists the sessions of an owner, by a part of the name or of the ARN, in any case", async () => {
  for (const owner of ["ANA@", "role/data/"]) {
    expect((await run(["sessions", `--owner=${owner}`])).stdout).toContain("ana@example.com");
  }
  const { stdout, stderr } = await run(["sessions", "--owner=bert"]);
  expect([stdout, stderr]).toEqual(["no matching sessions\n", ""]);
});

test("--owner says how many sessions it leaves out because their owner is not known", async () => {
  simulator.settings.missingEventShare = 1;
  const { stdout, stderr } = await run(["sessions", "--owner=ana"]);
  simulator.settings.missingEventShare = 0;
  expect(stdout).toBe("no matching sessions\n");
  expect(stderr).toBe("sessions left out because their owner is not known: 1\n");
});

test.each(["{}", "sessions: {owners: cloudtrail, started_by: off}"])(
  "--owner is refused where no owners are named: %s",
  async (yaml) => {
    const { exitCode, stderr } = await run(["sessions", "--owner=ana"], yaml);
    expect(exitCode).toBe(EXIT.usage);
    expect(stderr).toMatch(
      /--owner needs to know the owners of sessions: set sessions\.owners to cloudtrail/,
    );
  },
);

test("sessions has no owners, and requests none, unless the configuration says so", async () => {
  simulator.requests.clear();
  for (const output of ["table", "json", "csv"]) {
    const { stdout } = await run(["sessions", `--output=${output}`], "poll: {rate_limit: 1000}");
    expect(stdout).not.toMatch(/started.by/i);
  }
  expect(simulator.requests.count({ service: "cloudtrail" })).toBe(0);
});

test("without the permission, sessions are listed, the reason is on stderr, and check names what to grant", async () => {
  simulator.settings.denials = [{ operation: "LookupEvents" }];
  const listed = await run(["sessions"]);
  expect(listed.exitCode).toBe(EXIT.done);
  expect(listed.stdout).toMatch(/^.*etl .*idle .*/m);
  expect(listed.stderr).toMatch(/eu-west-1: owners are not known: access_denied: .*cloudtrail:LookupEvents/);
  const checked = await run(["check"]);
  expect(checked.exitCode).toBe(EXIT.failed);
  expect(checked.stdout).toMatch(/✗ .*LookupEvents: access_denied/);
  expect(checked.stdout).toContain(
    `Grant cloudtrail:LookupEvents on "*" in eu-west-1 to the exporter's role.`,
  );
  simulator.settings.denials = [];
});

test("check tries the lookup, and iam-policy grants it, only where owners are looked up", async () => {
  const { exitCode, stdout } = await run(["check"]);
  expect(exitCode).toBe(EXIT.done);
  expect(stdout).toMatch(/✓ .*LookupEvents: /);
  expect((await run(["check"], "{}")).stdout).not.toContain("LookupEvents");
  const { Statement } = JSON.parse((await run(["iam-policy"])).stdout) as { Statement: object[] };
  expect(Statement).toContainEqual({
    Sid: "LookUpOwners",
    Effect: "Allow",
    Action: ["cloudtrail:LookupEvents"],
    Resource: "*",
  });
  expect((await run(["iam-policy"], "{}")).stdout).not.toContain("cloudtrail");
});

test.each([
  ["owners: on", /sessions\.owners: expected one of off, cloudtrail, got "on"/],
  ["started_by: email", /sessions\.started_by: expected one of full, session-name, hash, off, got "email"/],
])("a wrong value is named with what is expected: %s", async (setting, message) => {
  const { exitCode, stderr } = await run(["sessions"], `sessions: {${setting}}`);
  expect(exitCode).toBe(EXIT.usage);
  expect(stderr).toMatch(message);
});
