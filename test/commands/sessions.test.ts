import { execFileSync } from "node:child_process";
import stringWidth from "string-width";
import { afterAll, beforeAll, expect, test } from "vitest";
import { EXIT, type Host } from "../../src/app/host.ts";
import type { Simulator } from "../../src/simulator/simulator.ts";
import { ACCOUNT_ID, REGION, runCommand, startAccount } from "./run-command.ts";

const HOSTILE_TEXT = `=cmd|' /C calc'!A0, "quoted"\nnext\u001b[31m & 数据`;
const PYSPARK = "PySpark engine version 3";

let simulator: Simulator;

beforeAll(async () => {
  const ago = (minutes: number) => Date.now() - minutes * 60_000;
  simulator = await startAccount(
    [
      {
        name: "etl",
        engine: PYSPARK,
        sessions: [
          { id: "busy", state: "BUSY", atMs: ago(3), startMs: ago(300), description: "backfill" },
          { id: "idle-1h", state: "IDLE", atMs: ago(60), startMs: ago(90), description: HOSTILE_TEXT },
          { id: "ending", state: "TERMINATING", atMs: ago(1) },
        ],
      },
      {
        name: "notebooks-of-a-team-with-a-long-name",
        engine: PYSPARK,
        sessions: [
          { id: "idle-5h", state: "IDLE", atMs: ago(300) },
          { id: "it's $(reboot)", state: "IDLE", atMs: ago(10) },
          { id: "id\u001b[31m", state: "IDLE", atMs: ago(5) },
          { id: "broken", state: "DEGRADED", atMs: ago(6), reason: "Session has no healthy coordinators" },
        ],
      },
    ],
    { listsDegraded: false, listsTerminating: false },
  );
});

afterAll(() => simulator.close());

const run = (argv: readonly string[], host: Partial<Host> = {}) =>
  runCommand(simulator, ["sessions", ...argv], host);

const idsOf = (stdout: string) =>
  (JSON.parse(stdout) as { session_id: string }[]).map(({ session_id: id }) => id);
const listed = async (...argv: string[]) => idsOf((await run(["--output=json", ...argv])).stdout);

test("makes an unfiltered listing of each workgroup and one of DEGRADED sessions, and no other request of sessions", async () => {
  simulator.requests.clear();
  const { exitCode, stdout } = await run([]);
  expect(exitCode).toBe(EXIT.done);
  expect(stdout).toContain("broken");
  expect(simulator.requests.count({ operation: "ListSessions", stateFilter: "" })).toBe(2);
  expect(simulator.requests.count({ operation: "ListSessions", stateFilter: "DEGRADED" })).toBe(2);
  expect(simulator.requests.count({ operation: "ListSessions" })).toBe(4);
  expect(simulator.requests.count({ operation: "GetSessionStatus" })).toBe(0);
});

test("--state accepts a state in any case, and lists TERMINATING sessions where it is that one", async () => {
  expect(await listed("--state=terminating")).toEqual(["ending"]);
  expect(await listed("--state=Busy")).toEqual(["busy"]);
});

test("--sort orders the sessions, and a minus reverses it", async () => {
  expect((await listed())[0]).toBe("broken");
  expect((await listed("--sort=idle")).slice(0, 2)).toEqual(["idle-5h", "idle-1h"]);
  expect((await listed("--sort=-age")).at(-1)).toMatch(/^(busy|idle-5h)$/);
  expect((await listed("--sort=workgroup")).slice(0, 2)).toEqual(["idle-1h", "busy"]);
});

test("says that no session matches where there are others", async () => {
  expect(await run(["--min-idle=9h"])).toMatchObject({
    stdout: "no matching sessions\n",
    exitCode: EXIT.done,
  });
});

const terminal = (columns: number, hasColors = false) => ({
  terminal: { columns: () => columns, hasColors },
});

test("leaves out columns so that the table fits the terminal, and shows all of them elsewhere", async () => {
  const narrow = (await run([], terminal(80))).stdout.trimEnd().split("\n");
  expect(narrow.filter((line) => stringWidth(line) > 80)).toEqual([]);
  expect(narrow[0]?.split(/ {2,}/)).toEqual(
    expect.arrayContaining(["WORKGROUP", "SESSION", "STATE", "SINCE"]),
  );
  expect(narrow[0]).not.toContain("REASON");
  const all =
    /^ACCOUNT +REGION +WORKGROUP +SESSION +STATE +SINCE +COST +AGE +DESCRIPTION +REASON\n.*broken.*no healthy coordinators\n/;
  expect((await run([])).stdout).toMatch(all);
  expect((await run([], terminal(300))).stdout).toMatch(all);
  // A terminal may not know its width. Columns are as wide as their cells, which change with time.
  expect((await run([], terminal(0))).stdout.split("\n")[0]?.split(/ {2,}/)).toEqual(
    narrow[0]?.split(/ {2,}/),
  );
});

test("shows what each session has cost while it was idle, at the configured price", async () => {
  const cost = async (yaml: string, ...argv: string[]) =>
    (await runCommand(simulator, ["sessions", "--sort=cost", ...argv], {}, yaml)).stdout;
  const yaml = "{poll: {rate_limit: 1000}, pricing: {dpu_hour_usd: 2}}";
  expect((await cost(yaml)).split("\n")[1]).toMatch(/ idle-5h +IDLE +5h ago +\$10\.00 /);
  const [first] = JSON.parse(await cost(yaml, "--output=json")) as { idle_cost_usd: number }[];
  expect(first?.idle_cost_usd).toBeCloseTo(10, 1);
  expect(await cost("{poll: {rate_limit: 1000}, pricing: {dpu_hour_usd: 0}}")).not.toMatch(/\$\d/);
});

test("has colours only where the terminal wants them", async () => {
  expect((await run([], terminal(200, true))).stdout).toContain("\u001B[31mDEGRADED");
  expect((await run([], terminal(200))).stdout).not.toContain("\u001B");
});

test("text of AWS does not reach the terminal as control characters", async () => {
  const { stdout } = await run([]);
  expect(stdout.replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
  expect(stdout.trimEnd().split("\n")).toHaveLength(7);
});

test("--output=csv quotes text, and disarms what a spreadsheet would take for a formula", async () => {
  const lines = (await run(["--output=csv"])).stdout.trimEnd().split("\n");
  expect(lines).toHaveLength(7);
  expect(lines[0]).toBe(
    "aws_account_id,account_name,aws_region,workgroup,session_id,state,since,start,age_seconds,idle_seconds,idle_cost_usd,over_threshold,engine_version,description,state_change_reason",
  );
  expect(lines.find((line) => line.includes(",idle-1h,"))).toContain(
    `,"'=cmd|' /C calc'!A0, ""quoted"" next\uFFFD[31m & 数据",`,
  );
});

test("--output=csv has its head where there is no session", async () => {
  const { stdout } = await run(["--output=csv", "--state=CREATING"]);
  expect(stdout).toMatch(/^aws_account_id,[\w,]+\n$/);
});

test("--output=commands prints a command for each session that a shell reads as it is meant", async () => {
  const { stdout, stderr } = await run(["--output=commands", "--min-idle=6m"]);
  const lines = stdout.trimEnd().split("\n");
  expect(lines).toHaveLength(3);
  expect(lines[0]).toMatch(
    new RegExp(
      `^aws athena terminate-session --region ${REGION} --session-id idle-5h  # account ${ACCOUNT_ID}, workgroup notebooks-of-a-team-with-a-long-name, IDLE for 5h\\b`,
    ),
  );
  expect(stderr).toBe("");
  const shell = `aws() { printf '%s\\n' "$6"; }\n${stdout}`;
  expect(execFileSync("/bin/sh", ["-c", shell]).toString()).toBe("idle-5h\nidle-1h\nit's $(reboot)\n");
});

test("--output=commands leaves out sessions that are TERMINATING, and says which have no command", async () => {
  const { stdout, stderr } = await run(["--output=commands"]);
  expect(stdout).not.toContain("ending");
  expect(stderr).toMatch(/^no command for a session of notebooks-\S+: its id is "id\uFFFD\[31m"\n$/);
});

test("the comment of a command names the profile and the account, and has nothing that a shell interprets", async () => {
  const environment = { ...simulator.environment, AWS_PROFILE: "x$(reboot)`reboot`" };
  const yaml = `{poll: {rate_limit: 1000}, accounts: [{name: "a;b!c", regions: [${REGION}]}]}`;
  const { stdout } = await runCommand(simulator, ["sessions", "--output=commands", "--state=BUSY"], {
    environment: { ...environment, ATHENA_EXPORTER_CONFIG_CONTENT: yaml },
  });
  expect(stdout).toContain(
    `  # account ${ACCOUNT_ID} a_b_c, profile x__reboot__reboot_, workgroup etl, BUSY for 3m`,
  );
});

test("--watch lists the sessions again until it is stopped, and then exits with 0", async () => {
  let stop = (_signal: string) => {};
  let stdout = "";
  const { exitCode } = await run(["--watch=1s", "--state=BUSY"], {
    ...terminal(80),
    onStop: (action) => {
      stop = action;
    },
    print: async (text) => {
      stdout += text;
      if (stdout.split("every 1s").length > 2) setImmediate(() => stop("SIGINT"));
    },
  });
  expect(exitCode).toBe(EXIT.done);
  expect(stdout.split("\u001B[2J")).toHaveLength(3);
  expect(stdout.match(/ busy /g)).toHaveLength(2);
});

test("--watch ends when nobody reads its output any more", async () => {
  expect(await run(["--watch=1d"], { isStdoutClosed: () => true })).toMatchObject({ exitCode: EXIT.failed });
});

test("check prints JSON with names in snake case", async () => {
  const { stdout } = await runCommand(simulator, ["check", "--output=json"]);
  const names = (JSON.parse(stdout) as object[]).flatMap((finding) => Object.keys(finding));
  expect(names).toContain("is_optional");
  expect(names.filter((name) => !/^[a-z_]+$/.test(name))).toEqual([]);
});
