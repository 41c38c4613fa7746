import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Sums the vitest JSON reports in the folder given as the first argument, and names each test that failed with the first line
 * of its message. Exits with status 1 if a test failed, a test file could not be loaded, or there is no report.
 */
const [folder = "."] = process.argv.slice(2);
const reports = readdirSync(folder)
  .filter((name) => name.endsWith(".json"))
  .map((name) => ({
    run: name.replace(/\.json$/, ""),
    report: JSON.parse(readFileSync(join(folder, name), "utf8")),
  }));

const passed = reports.reduce((total, { report }) => total + report.numPassedTests, 0);
const failures = reports.flatMap(({ run, report }) =>
  failuresOf(report).map((failure) => `${run}: ${failure}`),
);
for (const failure of failures) process.stdout.write(`FAILED ${failure}\n`);
process.stdout.write(`${passed} passed, ${failures.length} failed\n`);
if (failures.length > 0 || passed === 0) process.exitCode = 1;

/** The name and message of each failed test. A file that fails outside its tests counts as one failure. */
function failuresOf({ success, testResults }) {
  const failures = testResults.flatMap(({ name, status, message, assertionResults }) => {
    const tests = assertionResults.filter((test) => test.status === "failed");
    if (tests.length > 0)
      return tests.map((test) => `${test.fullName} (${name}): ${firstLine(test.failureMessages[0])}`);
    return status === "failed" ? [`${name}: ${firstLine(message)}`] : [];
  });
  return failures.length === 0 && !success ? ["failed outside of its tests"] : failures;
}

function firstLine(text = "") {
  return text.split("\n", 1)[0];
}
