// Prints the notes of a release, its section of CHANGELOG.md. Ends with 1 and the reason if the tag, package.json and
// CHANGELOG.md in the current folder do not belong together: node scripts/release-notes.mjs v0.1.0
import { readFileSync } from "node:fs";

const [, , tag = ""] = process.argv;
const { version, homepage } = JSON.parse(readFileSync("package.json", "utf8"));
const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository } = process.env;

function fail(reason) {
  process.stderr.write(`${reason}\n`);
  process.exit(1);
}

if (tag !== `v${version}`) {
  fail(`the tag is ${tag || "missing"}, but package.json has the version ${version}: tag v${version}`);
}
if (server !== undefined && repository !== undefined && homepage !== `${server}/${repository}`) {
  fail(
    `homepage of package.json is ${homepage}, but this is ${server}/${repository}: change it, then run npm run docs`,
  );
}
const sections = readFileSync("CHANGELOG.md", "utf8").split(/^## /m);
const section = sections.find((text) => text.startsWith(`[${version}] - `));
if (section === undefined) {
  fail(`CHANGELOG.md has no section "## [${version}] - YYYY-MM-DD": give Unreleased its version and date`);
}
process.stdout.write(`${section.split("\n").slice(1).join("\n").trim()}\n`);
