import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { hasTools, ROOT, runTool, TOOLS } from "./tools.ts";

const FOLDER = ".github/workflows/";
const WORKFLOWS = readdirSync(new URL(FOLDER, ROOT));
const hasActionlint = existsSync(join(TOOLS, "actionlint"));

if (hasTools && !hasActionlint)
  process.stderr.write("skipping actionlint, which Go was not there to build\n");

interface Workflow {
  readonly on: object;
  readonly permissions: object;
  readonly jobs: Readonly<Record<string, { readonly "timeout-minutes"?: number }>>;
}

test.each(WORKFLOWS)("%s pins actions by commit and images by digest", (name) => {
  const text = readFileSync(new URL(`${FOLDER}${name}`, ROOT), "utf8");
  const used = [...text.matchAll(/uses: (\S+)(.*)/g)];
  expect(used.length).toBeGreaterThan(0);
  for (const [, action, comment] of used) {
    expect(action).toMatch(/@[0-9a-f]{40}$/);
    expect(comment).toMatch(/^ # v\d+\.\d+\.\d+$/);
  }
  for (const [, image] of text.matchAll(/container: (\S+)/g)) expect(image).toMatch(/@sha256:[0-9a-f]{64}$/);
});

test.each(WORKFLOWS)("%s grants nothing to all jobs but reading, and limits their time", (name) => {
  const { permissions, jobs } = parse(readFileSync(new URL(`${FOLDER}${name}`, ROOT), "utf8")) as Workflow;
  expect([{}, { contents: "read" }]).toContainEqual(permissions);
  for (const job of Object.values(jobs)) expect(job["timeout-minutes"]).toBeLessThanOrEqual(90);
});

test.each(WORKFLOWS)("%s uses no secret in pull requests", (name) => {
  const text = readFileSync(new URL(`${FOLDER}${name}`, ROOT), "utf8");
  const { on } = parse(text) as Workflow;
  expect(on).not.toHaveProperty("pull_request_target");
  if ("pull_request" in on) expect(text).not.toContain("secrets.");
});

describe.skipIf(!hasTools)("linters", () => {
  test("zizmor finds nothing in the workflows and in dependabot.yml", async () => {
    const { status, stdout, stderr } = await runTool("python/bin/zizmor", [
      "--offline",
      "--no-progress",
      ".github",
    ]);
    expect(`${stdout}${stderr}`).toContain("No findings to report");
    expect(status).toBe(0);
  });

  test.skipIf(!hasActionlint)("actionlint finds nothing", async () => {
    const files = WORKFLOWS.map((name) => `${FOLDER}${name}`);
    expect(await runTool("actionlint", files)).toMatchObject({ status: 0, stdout: "", stderr: "" });
  });
});
