import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Sums the vitest JSON reports in the folder given as the first argument. Exits with status 1 if a test failed, a test
 * file could not be loaded, or there is no report.
 */
const [folder = "."] = process.argv.slice(2);
const reports = readdirSync(folder)
  .filter((name) => name.endsWith(".json"))
  .map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")));

const passed = reports.reduce((total, report) => total + report.numPassedTests, 0);
const failed = reports.reduce((total, report) => total + failuresOf(report), 0);
process.stdout.write(`${passed} passed, ${failed} failed\n`);
if (failed > 0 || passed === 0) process.exitCode = 1;

/** A test file that cannot be loaded has no failed tests, but counts as one failure. */
function failuresOf({ numFailedTests, success }) {
  return numFailedTests === 0 && !success ? 1 : numFailedTests;
}
