// Compiles the simulation and runs it: npm run simulate -- --seed=N --days=D
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, rmSync } from "node:fs";

const OUTPUT = "dist-simulation";
// Every run of a world adds the process' own listeners and warnings otherwise.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";

rmSync(OUTPUT, { recursive: true, force: true });
const compiled = spawnSync("npx", ["tsc", "-p", "tsconfig.simulation.json"], { stdio: "inherit" });
if (compiled.status !== 0) process.exit(compiled.status ?? 1);
mkdirSync(OUTPUT, { recursive: true });
copyFileSync("package.json", `${OUTPUT}/package.json`);
const main = `${OUTPUT}/test/simulation/main.js`;
const { status } = spawnSync(process.execPath, [main, ...process.argv.slice(2)], { stdio: "inherit" });
process.exit(status ?? 1);
