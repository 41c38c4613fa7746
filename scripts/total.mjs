import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Adds up the JSON reports of vitest in the folder that the first argument names, and ends with status 1 where a test
 * failed, where a file could not be run, or where there is no report at all.
 */
const [folder = "."] = process.argv.slice(2);
const reports = readdirSync(folder)
  .filter((name) => name.endsWith(".json"))
  .map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")));

const passed = reports.reduce((total, report) => total + report.numPassedTests, 0);
const failed = reports.reduce((total, report) => total + failuresOf(report), 0);
process.stdout.write(`${passed} passed, ${failed} failed\n`);
if (failed > 0 || passed === 0) process.exitCode = 1;

/** A file that does not load has no tests that could fail, and is one failure itself. */
function failuresOf({ numFailedTests, success }) {
  return numFailedTests === 0 && !success ? 1 : numFailedTests;
}
