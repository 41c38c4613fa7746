import { expect, test } from "vitest";
import { attack, report, SERVED, readyFleet, visits, TEST_TIMEOUT_MS } from "./attack.ts";

test("1,000 connections that send nothing", { timeout: TEST_TIMEOUT_MS }, async () => {
  const exporter = await readyFleet();
  await attack(exporter, 1000, "");
  expect(report("/metrics", await visits(exporter, "/metrics", 10))).toEqual(SERVED);
});
