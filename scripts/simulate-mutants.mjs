// Proves that the simulation can fail: each mutant of the compiled exporter has to be noticed. Ends with 1 if one is not.
// npm run simulate:mutants [-- PART-OF-A-NAME]
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { MUTANTS } from "../test/simulation/mutants.mjs";

const OUTPUT = "dist-simulation";
const DAYS = "60";
/** A mutant that keeps the exporter from ever ending is noticed, too. */
const LONGEST_MS = 600_000;
const [, , part = ""] = process.argv;

function print(line) {
  process.stdout.write(`${line}\n`);
}

/** Runs worlds until one fails. */
function simulate(args) {
  return spawnSync(process.execPath, [`${OUTPUT}/test/simulation/main.js`, ...args], {
    encoding: "utf8",
    timeout: LONGEST_MS,
  });
}

const compiled = spawnSync(process.execPath, ["scripts/simulate.mjs", "--days=0", "--no-pinned"], {
  stdio: "inherit",
});
if (compiled.status !== 0) process.exit(1);

const ARGS = [`--days=${DAYS}`, "--seed=1", "--no-pinned", "--no-shrink", "--fail-fast"];
const healthy = simulate(ARGS);
if (healthy.status !== 0) {
  print(`the exporter fails without any mutant:\n${healthy.stdout}${healthy.stderr}`);
  process.exit(1);
}

let missed = 0;
for (const { name, file, find, replace } of MUTANTS.filter((mutant) => mutant.name.includes(part))) {
  const path = `${OUTPUT}/src/${file}`;
  const source = readFileSync(path, "utf8");
  if (source.split(find).length !== 2) {
    print(`DOES NOT APPLY  ${name}`);
    missed += 1;
    continue;
  }
  writeFileSync(
    path,
    source.replace(find, () => replace),
  );
  const { status, stdout, stderr } = simulate([
    `--days=${DAYS}`,
    "--seed=1",
    "--no-pinned",
    "--no-shrink",
    "--fail-fast",
  ]);
  writeFileSync(path, source);
  const noticed =
    stdout.split("\n").find((line) => /^seed \d+, minute/.test(line)) ??
    stderr.split("\n").slice(0, 8).join(" ");
  print(`${status === 0 ? "MISSED" : "noticed"}  ${name}\n         ${noticed.slice(0, 200)}`);
  if (status === 0) missed += 1;
}
print(`${MUTANTS.length} mutants, ${missed} not noticed`);
process.exit(missed === 0 ? 0 : 1);
