import * as fc from "fast-check";
import parse from "parse-prometheus-text-format";
import { expect, test } from "vitest";
import { cutFreeText, labelPairs, sampleLine } from "../../src/metrics/text.ts";

const anyText = fc.string({ unit: "binary", maxLength: 300 });
const anyUnits = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 200 })
  .map((units) => String.fromCharCode(...units));

test("any label value is unchanged after formatting and parsing, except NUL", () => {
  fc.assert(
    fc.property(anyText, anyText, (first, second) => {
      const line = sampleLine("m", labelPairs({ a: first, b: second }), 1.5);
      const labels = { a: first.replaceAll("\0", "\uFFFD"), b: second.replaceAll("\0", "\uFFFD") };
      const [family] = parse(`# HELP m h\n# TYPE m gauge\n${line}`);
      expect(family?.metrics).toEqual([{ value: "1.5", labels }]);
    }),
  );
});

test("a sample is one line of valid UTF-8 for any label value", () => {
  fc.assert(
    fc.property(anyUnits, (text) => {
      const line = sampleLine("m", labelPairs({ a: text }), 1);
      expect(Buffer.from(line).toString()).toBe(line);
      expect(line.indexOf("\n")).toBe(line.length - 1);
      expect(line).not.toContain("\0");
    }),
  );
});

test("free text is truncated to 128 characters, and never within a character", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
      const cut = cutFreeText(text);
      expect(cut.length).toBeLessThanOrEqual(128);
      expect(text.startsWith(cut)).toBe(true);
      expect(Buffer.from(cut).toString()).toBe(cut);
      expect(cut.length).toBeGreaterThanOrEqual(Math.min(text.length, 127));
    }),
  );
});
