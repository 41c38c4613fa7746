// Compiles the simulation and runs it: npm run simulate -- --seed=N --days=D
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, rmSync } from "node:fs";

/**
 * Fresh seeds for each state of the sources, and the same ones for the same state: running again does not make a failure go away.
 * Without a repository, the simulation draws a seed itself.
 */
function freshSeed(args) {
  if (args.some((arg) => arg.startsWith("--seed"))) return [];
  const { status, stdout } = spawnSync("git", ["rev-parse", "HEAD^{tree}"], { encoding: "utf8" });
  return status === 0 ? [`--first-fresh=${Number.parseInt(stdout.slice(0, 7), 16)}`] : [];
}

const OUTPUT = "dist-simulation";
// Every run of a world adds the process' own listeners and warnings otherwise.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";

rmSync(OUTPUT, { recursive: true, force: true });
const compiled = spawnSync("npx", ["tsc", "-p", "tsconfig.simulation.json"], { stdio: "inherit" });
if (compiled.status !== 0) process.exit(compiled.status ?? 1);
mkdirSync(OUTPUT, { recursive: true });
copyFileSync("package.json", `${OUTPUT}/package.json`);
const main = `${OUTPUT}/test/simulation/main.js`;
const args = process.argv.slice(2);
const { status } = spawnSync(process.execPath, [main, ...args, ...freshSeed(args)], { stdio: "inherit" });
process.exit(status ?? 1);
