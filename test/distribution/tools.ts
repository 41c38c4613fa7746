import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { runProgram, type Exit } from "../e2e/program.ts";

const PINS = ["install.sh", "package.json", "package-lock.json", "requirements.txt"];
const { env } = process;

/** The repository's root. */
export const ROOT = new URL("../../", import.meta.url);
/** The chart, as a path below the root. */
export const CHART = "deploy/helm/athena-session-exporter/";

/** The folder that tools/install.sh fills; it is named after the pins. */
export const TOOLS = toolsFolder();

/** Whether the tools are there. In CI they have to be; elsewhere tests that need them are skipped. */
export const hasTools = existsSync(join(TOOLS, "complete"));

if (!hasTools) {
  const advice = "run test/distribution/tools/install.sh";
  if (env["CI"] !== undefined) throw new Error(`the tools are missing: ${advice}`);
  process.stderr.write(`skipping the tests that need Helm and other tools: ${advice}\n`);
}

/** Runs a program of the folder, such as `helm/helm`, in the repository's root. */
export async function runTool(name: string, args: readonly string[]): Promise<Exit> {
  return runProgram(join(TOOLS, name), args, { cwd: ROOT.pathname, environment: environmentOfTools() });
}

/** Runs Python with the tools' packages in the repository's root. */
export async function runPython(args: readonly string[]): Promise<Exit> {
  return runProgram("python3", args, { cwd: ROOT.pathname, environment: environmentOfTools() });
}

function environmentOfTools(): Record<string, string> {
  return {
    PATH: [join(TOOLS, "python/bin"), env["PATH"] ?? ""].join(delimiter),
    PYTHONPATH: join(TOOLS, "python"),
    HOME: env["HOME"] ?? "/",
  };
}

function toolsFolder(): string {
  const hash = createHash("sha256");
  for (const name of PINS) hash.update(readFileSync(new URL(`tools/${name}`, import.meta.url)));
  const cache = env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  return join(cache, "athena-session-exporter", `tools-${hash.digest("hex").slice(0, 12)}`);
}
