import { open, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { runExporter } from "./exporter.ts";
import { seriesOf } from "./exposition.ts";
import { runProgram } from "./program.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { ACCOUNT_ID, environmentOf, REGION, startTestSimulator } from "./test-simulator.ts";

const IDLE_IN_ETL = `athena_sessions{aws_account_id="${ACCOUNT_ID}",aws_region="${REGION}",workgroup="etl",state="IDLE"} 2\n`;

describe("once", () => {
  test("prints the metrics of one poll, without counters and process metrics", async () => {
    const environment = environmentOf(await startTestSimulator());
    const { status, stdout, stderr } = await runExporter(["once"], { environment });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toContain(IDLE_IN_ETL);
    expect(stdout).not.toMatch(/^# TYPE \S+ (counter|histogram)$/m);
    expect(stdout).not.toMatch(/^(process_|nodejs_|\S+_total)/m);
    expect(new Set(seriesOf(stdout)).size).toBe(seriesOf(stdout).length);
    const checked = await runProgram("promtool", ["check", "metrics"], {
      input: stdout,
      environment: { PATH: process.env["PATH"] ?? "" },
    });
    expect(checked).toMatchObject({ status: 0, stdout: "", stderr: "" });
  });

  test("replaces the output file atomically and leaves no temporary file", async () => {
    const environment = environmentOf(await startTestSimulator());
    const folder = await temporaryFolder();
    const file = join(folder, "athena.prom");
    await writeFile(file, "old\n");
    const before = await open(file);
    onTestFinished(() => before.close());
    const { status, stdout } = await runExporter(["once", `--output.file=${file}`], { environment });
    expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
    expect(await readFile(file, "utf8")).toContain(IDLE_IN_ETL);
    // A reader that opened the file before still reads the old content, because the file was replaced by rename.
    expect(await before.readFile("utf8")).toBe("old\n");
    expect(await readdir(folder)).toEqual(["athena.prom"]);
  });

  test("writes the metrics of the other workgroups if one fails, and exits with 1", async () => {
    const simulator = await startTestSimulator();
    simulator.faults.add({ kind: "access-denied", workgroup: "notebooks" });
    const file = join(await temporaryFolder(), "athena.prom");
    const { status, stderr } = await runExporter(["once", `--output.file=${file}`], {
      environment: environmentOf(simulator),
    });
    expect(status).toBe(1);
    expect(stderr).toContain("notebooks: access_denied");
    const written = await readFile(file, "utf8");
    expect(written).toContain(IDLE_IN_ETL);
    expect(written).toMatch(/^athena_workgroup_up\{.*workgroup="notebooks"\} 0$/m);
    expect(written).not.toMatch(/^athena_sessions\{.*workgroup="notebooks"/m);
  });

  test("prints one line if the output file cannot be written", async () => {
    const environment = environmentOf(await startTestSimulator());
    const { status, stderr } = await runExporter(["once", "--output.file=/nonexistent/athena.prom"], {
      environment,
    });
    expect(status).toBe(1);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(stderr).toContain("--output.file=/nonexistent/athena.prom cannot be written");
  });
});

describe("sessions", () => {
  test("prints a table of all active sessions: those that need action first", async () => {
    const environment = environmentOf(await startTestSimulator());
    const { status, stdout, stderr } = await runExporter(["sessions"], { environment });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const [head = "", ...rows] = stdout.trimEnd().split("\n");
    expect(head.split(/ {2,}/)).toEqual(expect.arrayContaining(["WORKGROUP", "SESSION", "STATE", "AGE"]));
    expect(rows).toHaveLength(8);
    expect(rows[0]).toMatch(/notebooks +\S+ +DEGRADED .*Session has no healthy coordinators/);
    expect(rows[1]).toMatch(/notebooks +\S+ +CREATING /);
    expect(rows.slice(2, 5).map((row) => /IDLE +(\d+[hm])/.exec(row)?.[1])).toEqual(["5h", "2h", "20m"]);
  });

  test("prints JSON and filters by idle time or state", async () => {
    const environment = environmentOf(await startTestSimulator());
    const listed = async (...flags: string[]) => {
      const { status, stdout } = await runExporter(["sessions", "--output=json", ...flags], { environment });
      expect(status).toBe(0);
      return JSON.parse(stdout) as readonly { readonly workgroup: string; readonly state: string }[];
    };
    const idle = await listed("--min-idle=1h");
    expect(idle.map(({ workgroup, state }) => `${workgroup} ${state}`)).toEqual([
      "notebooks IDLE",
      "etl IDLE",
    ]);
    const busy = await listed("--state=BUSY");
    expect(busy).toEqual([
      expect.objectContaining({ workgroup: "etl", description: "backfill", aws_account_id: ACCOUNT_ID }),
    ]);
  });

  test("prints the sessions of the other workgroups if one fails, and exits with 1", async () => {
    const simulator = await startTestSimulator();
    simulator.faults.add({ kind: "access-denied", workgroup: "notebooks" });
    const { status, stdout, stderr } = await runExporter(["sessions"], {
      environment: environmentOf(simulator),
    });
    expect(status).toBe(1);
    expect(stdout.trimEnd().split("\n")).toHaveLength(5);
    expect(stderr).toContain("notebooks: access_denied");
  });
});

describe("check", () => {
  test("reports success for every step if all permissions are granted", async () => {
    const environment = environmentOf(await startTestSimulator());
    const { status, stdout } = await runExporter(["check"], { environment });
    expect(status).toBe(0);
    const lines = stdout.trimEnd().split("\n");
    expect(lines.length).toBeGreaterThanOrEqual(3);
    expect(lines.every((line) => line.startsWith("✓"))).toBe(true);
    expect(stdout).toContain("4 workgroups, of which 3 would be polled");
  });

  test("names a missing permission and how to grant it, as text and as JSON", async () => {
    const simulator = await startTestSimulator({ denials: [{ operation: "ListSessions" }] });
    const environment = environmentOf(simulator);
    const { status, stdout } = await runExporter(["check"], { environment });
    expect(status).toBe(1);
    expect(stdout).toMatch(/^✗ .*ListSessions: access_denied/m);
    expect(stdout).toMatch(/Grant athena:ListSessions on arn:aws:athena:eu-west-1:111111111111:workgroup\//);
    const asJson = await runExporter(["check", "--output=json"], { environment });
    expect(asJson.status).toBe(1);
    expect(JSON.parse(asJson.stdout)).toContainEqual(
      expect.objectContaining({ step: "ListSessions", ok: false, region: REGION }),
    );
  });

  test("requires GetSessionStatus, and GetSession with details", async () => {
    const denials = [{ operation: "GetSessionStatus" }, { operation: "GetSession" }];
    const simulator = await startTestSimulator({ denials });
    const environment = {
      ...environmentOf(simulator),
      ATHENA_EXPORTER_CONFIG_CONTENT: "sessions: {details: true}",
    };
    const { status, stdout } = await runExporter(["check"], { environment });
    expect(status).toBe(1);
    expect(stdout).toMatch(/^✗ .*GetSessionStatus: access_denied/m);
    expect(stdout).toMatch(/^✗ .*GetSession: access_denied/m);
  });
});

test("iam-policy prints the minimum IAM policy for the configuration, without API requests", async () => {
  const config = {
    accounts: [
      {
        role_arn: "arn:aws:iam::222222222222:role/athena-session-exporter",
        regions: [REGION],
        workgroups: ["etl"],
      },
    ],
  };
  const { status, stdout, stderr } = await runExporter(["iam-policy"], {
    environment: { ATHENA_EXPORTER_CONFIG_CONTENT: JSON.stringify(config) },
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  const policy = JSON.parse(stdout) as {
    readonly Version: string;
    readonly Statement: readonly { readonly Action: readonly string[]; readonly Resource: unknown }[];
  };
  expect(policy.Version).toBe("2012-10-17");
  expect(policy.Statement.flatMap(({ Action }) => Action).toSorted()).toEqual([
    "athena:GetSessionStatus",
    "athena:ListSessions",
    "athena:ListWorkGroups",
    "sts:AssumeRole",
  ]);
  expect(policy.Statement.map(({ Resource }) => Resource).slice(1)).toEqual([
    ["arn:aws:athena:eu-west-1:222222222222:workgroup/etl"],
    ["arn:aws:iam::222222222222:role/athena-session-exporter"],
  ]);
});
