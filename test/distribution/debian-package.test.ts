import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runProgram, type Exit } from "../e2e/program.ts";
import { temporaryFolder } from "../e2e/temporary-folder.ts";
import { ROOT } from "./tools.ts";

const NAME = "athena-session-exporter";
const environment = { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "/" };
const hasDpkg = spawnSync("dpkg", ["--version"]).status === 0;
if (!hasDpkg) process.stderr.write("skipping the Debian package, as there is no dpkg\n");

/** Runs dpkg with a root of its own, in which only the package is installed: without Node.js and without scripts. */
function dpkg(root: string, args: readonly string[]): Promise<Exit> {
  const options = [`--root=${root}`, "--force-not-root", "--force-depends", "--force-script-chrootless"];
  return runProgram("dpkg", [...options, ...args], { environment });
}

test.skipIf(!hasDpkg)(
  "the Debian package is built, installed, runs, and leaves nothing when it is purged",
  async () => {
    const folder = await temporaryFolder();
    const built = await runProgram(process.execPath, ["scripts/debian-package.mjs", folder], {
      cwd: ROOT.pathname,
      environment,
    });
    expect(built).toMatchObject({ status: 0 });
    const archive = built.stdout.trim();
    const root = join(folder, "root");
    await mkdir(join(root, "var/lib/dpkg/updates"), { recursive: true });
    await mkdir(join(root, "var/lib/dpkg/info"));
    await writeFile(join(root, "var/lib/dpkg/status"), "");

    expect(await dpkg(root, ["--install", archive])).toMatchObject({ status: 0 });
    const program = join(root, "usr/bin", NAME);
    expect(await runProgram(process.execPath, [program, "--version"], { environment })).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^athena-session-exporter \d/) as string,
    });
    expect((await stat(program)).mode & 0o777).toBe(0o755);
    const { mode } = await stat(join(root, "etc/default", NAME));
    expect(mode & 0o777).toBe(0o600);
    const units = [`${NAME}.service`, `${NAME}-once.service`, `${NAME}-once.timer`];
    for (const unit of units) expect(existsSync(join(root, "lib/systemd/system", unit))).toBe(true);

    expect(await dpkg(root, ["--purge", NAME])).toMatchObject({ status: 0 });
    for (const path of ["usr/bin", "usr/lib/node_modules", "lib/systemd", "etc/default"]) {
      expect(existsSync(join(root, path))).toBe(false);
    }
  },
);
