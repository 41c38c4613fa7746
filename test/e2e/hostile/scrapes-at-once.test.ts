import { expect, test } from "vitest";
import { report, SERVED, readyFleet, visits, TEST_TIMEOUT_MS } from "./attack.ts";

const SCRAPES = 300;

test("300 concurrent scrapes each get a complete response or 503", { timeout: TEST_TIMEOUT_MS }, async () => {
  const exporter = await readyFleet();
  const responses = await Promise.all(
    Array.from({ length: SCRAPES }, async () => {
      const response = await exporter.get("/metrics");
      return { status: response.status, text: await response.text() };
    }),
  );
  const served = responses.filter(({ status }) => status === 200);
  expect(served.length).toBeGreaterThan(0);
  expect(served.every(({ text }) => text.includes("athena_sessions{") && text.endsWith("\n"))).toBe(true);
  expect(responses.every(({ status }) => status === 200 || status === 503)).toBe(true);
  expect(report("/metrics", await visits(exporter, "/metrics", 3))).toEqual(SERVED);
});
