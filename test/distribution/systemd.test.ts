import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { copyFile, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { parseCommandLine } from "../../src/config/flags/command-line.ts";
import { runExporter } from "../e2e/exporter.ts";
import { runProgram, type Exit } from "../e2e/program.ts";
import { temporaryFolder } from "../e2e/temporary-folder.ts";
import { ROOT } from "./tools.ts";

const FOLDER = new URL("deploy/systemd/", ROOT);
const SERVICES = ["athena-session-exporter", "athena-session-exporter-once"];
/** A unit above this is more exposed than it has to be. */
const HIGHEST_EXPOSURE = 2;

const hasSystemd = spawnSync("systemd-analyze", ["--version"]).status === 0;
if (!hasSystemd) process.stderr.write("skipping the checks of units, as there is no systemd-analyze\n");

const read = (name: string): string => readFileSync(new URL(name, FOLDER), "utf8");
const analyze = (args: readonly string[]): Promise<Exit> =>
  runProgram("systemd-analyze", args, { environment: { PATH: process.env["PATH"] ?? "", LANG: "C.UTF-8" } });

describe.skipIf(!hasSystemd)("systemd-analyze", () => {
  test.each(SERVICES)("rates the exposure of %s below 2", async (name) => {
    const path = fileURLToPath(new URL(`${name}.service`, FOLDER));
    const { stdout } = await analyze(["security", "--offline=true", path]);
    const [, level] = /Overall exposure level for \S+: ([\d.]+)/.exec(stdout) ?? [];
    expect(Number(level)).toBeLessThan(HIGHEST_EXPOSURE);
    expect(Number(level)).toBeGreaterThan(0);
  });

  test("accepts the units", async () => {
    const folder = await temporaryFolder();
    const program = join(folder, "athena-session-exporter");
    await symlink(process.execPath, program);
    for (const name of SERVICES) {
      const text = await readFile(new URL(`${name}.service`, FOLDER), "utf8");
      await writeFile(
        join(folder, `${name}.service`),
        text.replace("/usr/bin/athena-session-exporter", program),
      );
    }
    const timer = "athena-session-exporter-once.timer";
    await copyFile(new URL(timer, FOLDER), join(folder, timer));
    const files = [...SERVICES.map((name) => `${name}.service`), timer].map((name) => join(folder, name));
    expect(await analyze(["verify", "--man=no", ...files])).toMatchObject({ status: 0, stderr: "" });
  });
});

test.each(SERVICES)("the exporter accepts the command line of %s", (name) => {
  const [, line = ""] =
    /^ExecStart=\/usr\/bin\/athena-session-exporter ?(.*)$/m.exec(read(`${name}.service`)) ?? [];
  const { command, problems } = parseCommandLine(line.split(" ").filter(Boolean), {});
  expect(problems).toEqual([]);
  expect(command).toBe(name.endsWith("-once") ? "once" : "run");
});

test("the exporter accepts the variables of the environment file", async () => {
  const variables = [...read("athena-session-exporter.default").matchAll(/^#([A-Z_]+)=(.*)$/gm)];
  expect(variables).toHaveLength(3);
  const folder = await temporaryFolder();
  const file = join(folder, "exporter.yaml");
  await writeFile(file, "poll: {interval: 1m}\n");
  const environment = Object.fromEntries(
    variables.map(([, name = "", value = ""]) => [name, name.endsWith("_CONFIG_FILE") ? file : value]),
  );
  const { status, stderr } = await runExporter(["--config.check"], { environment });
  expect(stderr).toBe("");
  expect(status).toBe(0);
  expect(Object.keys(environment)).toContain("ATHENA_EXPORTER_CONFIG_FILE");
});

test("both services have the same restrictions, but for their user and the mode of their files", () => {
  const restrictionsOf = (name: string): readonly string[] =>
    read(`${name}.service`)
      .split("\n")
      .filter((line) =>
        /^(Protect|Private|Restrict|SystemCall|Lock|NoNew|Capab|Ambient|Device|Proc|RemoveIPC|Keyring)/.test(
          line,
        ),
      );
  expect(restrictionsOf("athena-session-exporter-once")).toEqual(restrictionsOf("athena-session-exporter"));
  expect(restrictionsOf("athena-session-exporter").length).toBeGreaterThan(20);
});
