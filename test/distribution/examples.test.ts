import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { runExporter } from "../e2e/exporter.ts";
import { ROOT } from "./tools.ts";

const FOLDER = new URL("examples/", ROOT);
const EXAMPLES = readdirSync(FOLDER);

test("there are six examples", () => {
  expect(EXAMPLES).toHaveLength(6);
});

test.each(EXAMPLES)("the exporter accepts examples/%s without a warning", async (name) => {
  const path = fileURLToPath(new URL(name, FOLDER));
  const { status, stdout, stderr } = await runExporter(["--config.check", `--config.file=${path}`]);
  expect(stderr).toBe("");
  expect(stdout).toBe("the configuration is valid\n");
  expect(status).toBe(0);
});

test.each(EXAMPLES)("examples/%s begins with what it is for", (name) => {
  expect(readFileSync(new URL(name, FOLDER), "utf8")).toMatch(/^# [A-Z].*\.\n[a-z]/);
});
