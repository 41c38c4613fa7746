import { describe, expect, test } from "vitest";
import { familyHeader, formatBound, formatNumber } from "../../src/metrics/text.ts";

const HELP = 'a "quoted" \\ and\nbroken help';

describe("headers", () => {
  test("text 0.0.4 keeps a counter's name and leaves quotes alone", () => {
    expect(familyHeader({ name: "x_total", type: "counter", help: HELP }, "text")).toBe(
      '# HELP x_total a "quoted" \\\\ and\\nbroken help\n# TYPE x_total counter\n',
    );
  });

  test("OpenMetrics names the counter's family without _total and escapes quotes", () => {
    expect(familyHeader({ name: "x_total", type: "counter", help: HELP }, "openmetrics")).toBe(
      '# HELP x a \\"quoted\\" \\\\ and\\nbroken help\n# TYPE x counter\n',
    );
  });

  test("a gauge has one name in both", () => {
    const family = { name: "x_seconds", type: "gauge", help: "h" } as const;
    expect(familyHeader(family, "openmetrics")).toBe(familyHeader(family, "text"));
  });
});

test.each([
  [0, "0"],
  [0.05, "0.05"],
  [1e21, "1e+21"],
  [Infinity, "+Inf"],
  [-Infinity, "-Inf"],
  [NaN, "NaN"],
])("the number %s", (value, wanted) => {
  expect(formatNumber(value)).toBe(wanted);
});

test.each([
  [1, "1", "1.0"],
  [0.05, "0.05", "0.05"],
  [Infinity, "+Inf", "+Inf"],
])("the bound %s is a float in OpenMetrics", (bound, text, openmetrics) => {
  expect(formatBound(bound, "text")).toBe(text);
  expect(formatBound(bound, "openmetrics")).toBe(openmetrics);
});
