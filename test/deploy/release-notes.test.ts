import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { temporaryFolder } from "../e2e/temporary-folder.ts";

const SCRIPT = fileURLToPath(new URL("../../scripts/release-notes.mjs", import.meta.url));
const CHANGELOG = `# Changelog

## [Unreleased]

## [1.2.0] - 2026-12-01

### Added

- A thing.

## [1.1.0] - 2026-11-01

- Another thing.
`;

/** Runs the script in a folder with the version 1.2.0. */
async function notes(tag: string, changelog = CHANGELOG, env: Readonly<Record<string, string>> = {}) {
  const cwd = await temporaryFolder();
  writeFileSync(
    join(cwd, "package.json"),
    '{"version": "1.2.0", "homepage": "https://github.com/us/exporter"}',
  );
  writeFileSync(join(cwd, "CHANGELOG.md"), changelog);
  return new Promise((resolve) => {
    execFile(process.execPath, [SCRIPT, tag], { cwd, env }, (_error, stdout, stderr) =>
      resolve(stderr === "" ? stdout : stderr),
    );
  });
}

test("the notes of a release are its section of the changelog", async () => {
  expect(await notes("v1.2.0")).toBe("### Added\n\n- A thing.\n");
});

test("a tag of another version is refused", async () => {
  expect(await notes("v1.3.0")).toBe(
    "the tag is v1.3.0, but package.json has the version 1.2.0: tag v1.2.0\n",
  );
});

test("a version without a section of its own is refused", async () => {
  expect(await notes("v1.2.0", "## [Unreleased]\n")).toContain("CHANGELOG.md has no section");
});

test("a repository that is not the home is refused", async () => {
  const env = { GITHUB_SERVER_URL: "https://github.com", GITHUB_REPOSITORY: "them/exporter" };
  expect(await notes("v1.2.0", CHANGELOG, env)).toContain("homepage of package.json is");
});
