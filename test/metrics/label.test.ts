import * as fc from "fast-check";
import parse from "parse-prometheus-text-format";
import { expect, test } from "vitest";
import { cutFreeText, labelPairs } from "../../src/metrics/label.ts";
import { sampleLine } from "../../src/metrics/text.ts";

const anyText = fc.string({ unit: "binary", maxLength: 300 });
const anyUnits = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 200 })
  .map((units) => String.fromCharCode(...units));

test("any text comes back from the wire as it went in, but for NUL", () => {
  fc.assert(
    fc.property(anyText, anyText, (first, second) => {
      const line = sampleLine("m", labelPairs({ a: first, b: second }), 1.5);
      const labels = { a: first.replaceAll("\0", "\uFFFD"), b: second.replaceAll("\0", "\uFFFD") };
      const [family] = parse(`# HELP m h\n# TYPE m gauge\n${line}`);
      expect(family?.metrics).toEqual([{ value: "1.5", labels }]);
    }),
  );
});

test("whatever a string holds, the line is one line of valid UTF-8", () => {
  fc.assert(
    fc.property(anyUnits, (text) => {
      const line = sampleLine("m", labelPairs({ a: text }), 1);
      expect(Buffer.from(line).toString()).toBe(line);
      expect(line.indexOf("\n")).toBe(line.length - 1);
      expect(line).not.toContain("\0");
    }),
  );
});

test("free text is cut to 128 characters, and never inside one", () => {
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
