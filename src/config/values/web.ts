import { z } from "zod";
import { describeInput, mismatch } from "../problem.ts";
import { choice } from "./text.ts";
import { textValue } from "./value.ts";

/** A name in basic authentication, whose end is a colon there. */
export const userName = textValue({
  expected: "a user's name of 1 to 128 printable characters without colons",
  parse: (text) => (/^[^:\p{Cc}]{1,128}$/u.test(text) ? text : undefined),
});

/** A password's hash by bcrypt, of any cost. */
export const bcryptHash = textValue({
  expected: "a hash by bcrypt, such as htpasswd -nBC 10 prints, of 60 characters that begin with $2y$",
  parse: (text) => (/^\$2[aby]\$(?:0[4-9]|[12]\d|3[01])\$[./A-Za-z0-9]{53}$/.test(text) ? text : undefined),
  isSecret: true,
});

const MAX_HEADER_CHARACTERS = 4_000;

/** The value of a response's header; blank leaves the header out. A number is taken as text. */
export const headerValue: z.ZodType<string> = z.unknown().transform((input, context) => {
  const text = typeof input === "number" ? String(input) : input;
  if (typeof text === "string" && text.length <= MAX_HEADER_CHARACTERS && /^[\t\x20-\x7e]*$/.test(text)) {
    return text.trim();
  }
  const expected = `at most ${MAX_HEADER_CHARACTERS} printable ASCII characters`;
  context.addIssue({ code: "custom", message: mismatch(expected, describeInput(input)) });
  return z.NEVER;
});

export const contentTypeOptions = choice(["nosniff"]);
export const frameOptions = choice(["deny", "sameorigin"]);

const UNITS_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};
const MAX_INTERVAL_MS = 24 * 3_600_000;

/** A duration in Go's grammar, in milliseconds, such as `1m30s`, `0.5s` or 0: the toolkit's, unlike Prometheus', has fractions. */
export const requestInterval = z.preprocess(
  (input) => (input === 0 ? "0" : input),
  textValue({
    expected: "a duration from 0 to 24h, such as 100ms, 1.5s or 1m30s",
    parse: parseGoDuration,
    hint: (text) => (/^\d{1,12}$/.test(text) ? `write a unit, such as ${text}s or ${text}ms` : undefined),
  }),
);

function parseGoDuration(text: string): number | undefined {
  if (text === "0") return 0;
  if (!/^(?:\d{1,9}(?:\.\d{1,9})?(?:ns|us|µs|ms|s|m|h))+$/.test(text)) return undefined;
  const parts = text.matchAll(/([\d.]+)([a-zµ]+)/g);
  const totalMs = [...parts].reduce(
    (sum, [, amount, unit = ""]) => sum + Number(amount) * (UNITS_MS[unit] ?? 0),
    0,
  );
  return totalMs <= MAX_INTERVAL_MS ? totalMs : undefined;
}
