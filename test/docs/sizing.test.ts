import { expect, test } from "vitest";
import { readDocument } from "./markdown.ts";

/** The cells of the rows of all tables of a document. */
const rowsOf = (document: string): readonly (readonly string[])[] =>
  [...readDocument(document).matchAll(/^\| (.+) \|$/gm)].map(([, row = ""]) =>
    row.split(" | ").map((cell) => cell.trim()),
  );
const numberOf = (cell = ""): number => Number(cell.replaceAll(/[^\d.]/g, ""));

const REQUESTS_A_POLL = 1.125;
const MINUTES_IN_30_DAYS = 43_200;
const DOLLARS_A_EVENT = 2 / 100_000;

test("memory and CPU in docs/sizing.md are those of the benchmark in docs/performance.md", () => {
  const measured = rowsOf("docs/performance.md").filter((row) => row[7]?.endsWith(" MB"));
  const sized = rowsOf("docs/sizing.md").filter((row) => row.length === 6 && row[2]?.endsWith(" MB"));
  expect(sized).toHaveLength(3);
  for (const [workgroups, cpu, size] of sized) {
    const row = measured.find(([name]) => numberOf(name) === numberOf(workgroups));
    expect([row?.[4], row?.[7]]).toEqual([cpu, size]);
  }
});

test("the memory limits in docs/sizing.md exceed what was measured", () => {
  for (const row of rowsOf("docs/sizing.md").filter((cells) => cells[2]?.endsWith(" MB"))) {
    const limit = numberOf(row[5]) * (row[5]?.endsWith("Gi") === true ? 1024 : 1);
    expect(limit).toBeGreaterThan(numberOf(row[2]) * 1.5);
  }
});

test("requests, events and cost in docs/sizing.md follow its formulas", () => {
  const rows = rowsOf("docs/sizing.md").filter((row) => row[4]?.startsWith("$"));
  expect(rows).toHaveLength(5);
  for (const [workgroups, interval, requests, events, cost] of rows) {
    const perMinute = (REQUESTS_A_POLL * numberOf(workgroups)) / numberOf(interval);
    expect(numberOf(requests)).toBe(Math.round(perMinute));
    expect(numberOf(events)).toBe(Math.round(perMinute * MINUTES_IN_30_DAYS));
    expect(numberOf(cost)).toBe(Math.round(perMinute * MINUTES_IN_30_DAYS * DOLLARS_A_EVENT));
  }
});
