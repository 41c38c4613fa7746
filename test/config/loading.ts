import { parseCommandLine } from "../../src/config/flags/command-line.ts";
import type { Config } from "../../src/config/config.ts";
import type { Environment } from "../../src/config/flags/environment.ts";
import { loadConfig } from "../../src/config/load.ts";
import { formatProblem } from "../../src/config/problem.ts";

/** The input of a user: arguments, environment variables and, if `yaml` is given, a file named config.yaml. */
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

/** Returns the configuration of a setup; throws if the setup has problems. */
export async function configOf(setup: Setup): Promise<Config> {
  const loaded = await load(setup);
  if ("problems" in loaded) {
    throw new Error(loaded.problems.map(formatProblem).join("\n"));
  }
  return loaded.config;
}

/** Returns the problems of a setup as the lines that a user reads. */
export async function problemsOf(setup: Setup): Promise<string[]> {
  const loaded = await load(setup);
  return "problems" in loaded ? loaded.problems.map(formatProblem) : [];
}
