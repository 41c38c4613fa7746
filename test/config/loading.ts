import { parseCommandLine } from "../../src/config/command-line.ts";
import type { Config } from "../../src/config/config.ts";
import type { Environment } from "../../src/config/environment.ts";
import { loadConfig } from "../../src/config/load.ts";
import { formatProblem } from "../../src/config/problem.ts";

/** What a user has: arguments, variables, and a file named config.yaml where `yaml` is given. */
export interface Setup {
  readonly argv?: readonly string[];
  readonly env?: Environment;
  readonly yaml?: string;
}

async function load({ argv = [], env = {}, yaml }: Setup) {
  const args = parseCommandLine(yaml === undefined ? argv : [...argv, "--config.file=config.yaml"], env);
  return loadConfig(args, env, (path) => {
    const missing = Object.assign(new Error(`ENOENT: ${path}`), { code: "ENOENT" });
    return path === "config.yaml" && yaml !== undefined ? Promise.resolve(yaml) : Promise.reject(missing);
  });
}

/** The configuration of a setup without problems. */
export async function configOf(setup: Setup): Promise<Config> {
  const loaded = await load(setup);
  if ("problems" in loaded) {
    throw new Error(loaded.problems.map(formatProblem).join("\n"));
  }
  return loaded.config;
}

/** The lines that a user would read; none where the setup is fine. */
export async function problemsOf(setup: Setup): Promise<string[]> {
  const loaded = await load(setup);
  return "problems" in loaded ? loaded.problems.map(formatProblem) : [];
}
