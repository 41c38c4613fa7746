import { describe, expect, test } from "vitest";
import { familyHeader, formatBound, formatNumber } from "../../src/metrics/text.ts";

const HELP = 'a "quoted" \\ and\nbroken help';

describe("headers", () => {
  test("of a counter in text 0.0.4 have its full name and unescaped quotes", () => {
    expect(familyHeader({ name: "x_total", type: "counter", help: HELP }, "text")).toBe(
      '# HELP x_total a "quoted" \\\\ and\\nbroken help\n# TYPE x_total counter\n',
    );
  });

  test("of a counter in OpenMetrics have its name without _total and escaped quotes", () => {
    expect(familyHeader({ name: "x_total", type: "counter", help: HELP }, "openmetrics")).toBe(
      '# HELP x a \\"quoted\\" \\\\ and\\nbroken help\n# TYPE x counter\n',
    );
  });

  test("of a gauge are the same in both formats", () => {
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
])("the number %s is formatted as %s", (value, wanted) => {
  expect(formatNumber(value)).toBe(wanted);
});

test.each([
  [1, "1", "1.0"],
  [0.05, "0.05", "0.05"],
  [Infinity, "+Inf", "+Inf"],
])("the bucket bound %s is formatted as %s in text and as %s in OpenMetrics", (bound, text, openmetrics) => {
  expect(formatBound(bound, "text")).toBe(text);
  expect(formatBound(bound, "openmetrics")).toBe(openmetrics);
});
