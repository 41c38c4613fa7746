import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { THRESHOLD_NAMES } from "../../src/config/thresholds.ts";
import { runbookUrl } from "../../src/http/page/links.ts";
import { RUNBOOKS_URL } from "../../src/project.ts";
import { sessionRow } from "../metrics/views.ts";

test.each(THRESHOLD_NAMES)("a session over the threshold %s links to a runbook that exists", (threshold) => {
  const url = runbookUrl(sessionRow({ reached: [threshold] })) ?? "";
  expect(url.startsWith(`${RUNBOOKS_URL}/`)).toBe(true);
  expect(existsSync(`docs/runbooks/${url.slice(RUNBOOKS_URL.length + 1)}`)).toBe(true);
});

test("a session that needs no action links to no runbook", () => {
  expect(runbookUrl(sessionRow({ reached: [] }))).toBeUndefined();
});
