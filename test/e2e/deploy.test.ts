import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { runProgram } from "./program.ts";

const CONFIG = fileURLToPath(new URL("../../deploy/prometheus/prometheus.yaml", import.meta.url));

test("promtool check config accepts deploy/prometheus/prometheus.yaml and its rules", async () => {
  const { status, stdout, stderr } = await runProgram("promtool", ["check", "config", CONFIG], {
    environment: { PATH: process.env["PATH"] ?? "" },
  });
  expect(stderr).toBe("");
  expect(stdout).toContain("1 rule files found");
  expect(status).toBe(0);
});
