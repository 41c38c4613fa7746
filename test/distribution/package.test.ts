import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { linkTargets } from "../docs/markdown.ts";
import { runProgram, type Exit } from "../e2e/program.ts";
import { temporaryFolder } from "../e2e/temporary-folder.ts";
import { until } from "../e2e/until.ts";
import { hasTools, ROOT, TOOLS } from "./tools.ts";

interface Archive {
  readonly filename: string;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
}

const environment = { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "/" };

/** npm may need settings of the environment to reach its registry, such as a proxy or a certificate authority. */
const npm = (args: readonly string[], cwd: string): Promise<Exit> =>
  runProgram("npm", [...args, "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd,
    environment: process.env,
  });

async function pack(folder: string): Promise<Archive> {
  const args = ["pack", "--json", "--ignore-scripts", `--pack-destination=${folder}`];
  const { status, stdout } = await npm(args, ROOT.pathname);
  expect(status).toBe(0);
  const [archive] = JSON.parse(stdout) as readonly Archive[];
  if (archive === undefined) throw new Error("npm packed nothing");
  return archive;
}

test("the package has everything that the README links to", async () => {
  const { files, unpackedSize } = await pack(await temporaryFolder());
  const paths = files.map(({ path }) => path);
  const targets = linkTargets(readFileSync(new URL("README.md", ROOT), "utf8"))
    .filter((target) => !/^([a-z]+:|#)/.test(target))
    .map((target) => posix.normalize(target.replace(/#.*/, "")));
  const missing = targets.filter(
    (target) => !paths.some((path) => path === target || path.startsWith(`${target}/`)),
  );
  expect(missing).toEqual([]);
  expect(paths.filter((path) => /^(src|test|bench|grafana\/[^d]|\.)/.test(path))).toEqual([]);
  expect(unpackedSize).toBeLessThan(4_000_000);
});

test.skipIf(!hasTools)("publint finds nothing in the package", async () => {
  const cli = join(TOOLS, "node_modules/publint/src/cli.js");
  const { status, stdout } = await runProgram(process.execPath, [cli, "run", ROOT.pathname, "--strict"], {
    environment,
  });
  expect(stdout).toContain("All good!");
  expect(status).toBe(0);
});

test("npx athena-session-exporter demo runs from the packed archive", { timeout: 300_000 }, async () => {
  const folder = await temporaryFolder();
  const { filename } = await pack(folder);
  const installed = await npm(
    ["install", "--prefer-offline", "--prefix", folder, join(folder, filename)],
    folder,
  );
  expect(installed).toMatchObject({ status: 0, stderr: "" });
  const args = ["--offline", "athena-session-exporter", "demo", "--web.listen-address=127.0.0.1:0"];
  // In a process group of its own, since npx does not pass signals on to what it runs.
  const child = spawn("npx", args, { cwd: folder, env: environment, detached: true, stdio: "pipe" });
  onTestFinished(() => void process.kill(-(child.pid ?? 0), "SIGKILL"));
  let printed = "";
  child.stdout.on("data", (data: Buffer) => (printed += data.toString()));
  child.stderr.on("data", (data: Buffer) => (printed += data.toString()));
  const url = await until(
    "the demo to listen",
    () => /http:\/\/127\.0\.0\.1:\d+\/metrics/.exec(printed)?.[0],
  );
  expect(await (await fetch(url)).text()).toContain("athena_exporter_build_info");
});
