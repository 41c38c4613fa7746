import { z } from "zod";
import { nearest } from "../nearest.ts";
import { describeInput, mismatch, quoted } from "../problem.ts";
import { FLAG_TRAITS, textValue } from "./value.ts";

/** One of a few words, exactly as they are spelt, or in any case. */
export function choice<const T extends string>(
  words: readonly T[],
  placeholder = words.join("|"),
  ignoresCase = false,
): z.ZodType<T> {
  const normalize = (text: string) => (ignoresCase ? text.toLowerCase() : text);
  return textValue({
    expected: `one of ${words.join(", ")}`,
    placeholder,
    words,
    parse: (text) => words.find((word) => normalize(word) === normalize(text)),
    hint(text) {
      const near = nearest(text, words);
      return near === undefined ? undefined : `did you mean ${quoted(near)}?`;
    },
  });
}

/** Text for people or for the operating system: at most `maxCharacters`, printable, not empty. */
export function plainText(what: string, maxCharacters: number, placeholder?: string): z.ZodType<string> {
  return textValue({
    expected: `${what} of at most ${maxCharacters} printable characters`,
    placeholder,
    parse: (text) =>
      text !== "" && text.length <= maxCharacters && !/\p{Cc}/u.test(text) ? text : undefined,
  });
}

/** Whether something is on. */
export const trueOrFalse: z.ZodType<boolean> = z
  .boolean({ error: ({ input }) => mismatch("true or false", describeInput(input)) })
  .register(FLAG_TRAITS, {
    fromText: (text) => (text === "true" || text === "false" ? text === "true" : text),
  });

/** A share from 1% to 100%, as a ratio. */
export const percentage = textValue({
  expected: "a percentage from 1% to 100%",
  parse(text) {
    const ratio = /^\d{1,3}(?:\.\d{1,6})?%$/.test(text) ? Number(text.slice(0, -1)) / 100 : Number.NaN;
    return ratio >= 0.01 && ratio <= 1 ? ratio : undefined;
  },
  hint: (text) => (/^\d{1,3}$/.test(text) ? `write ${text}%` : undefined),
  numberHint: "write it as a percentage, such as 85%",
});

const MAX_PATTERN_CHARACTERS = 1_000;

/** The expression, or why the text is none. */
function compile(pattern: string): RegExp | string {
  if (pattern.length > MAX_PATTERN_CHARACTERS)
    return `it is longer than ${MAX_PATTERN_CHARACTERS} characters`;
  try {
    return new RegExp(pattern);
  } catch (error) {
    // The engine's message repeats the whole pattern before its reason.
    return String(error instanceof Error ? error.message.replace(/^.*\/: /s, "") : error);
  }
}

/** A regular expression of JavaScript. */
export const regularExpression = textValue({
  expected: 'a regular expression such as "^spark-"',
  parse(text) {
    const compiled = compile(text);
    return compiled instanceof RegExp ? compiled : undefined;
  },
  hint(text) {
    const compiled = compile(text);
    return compiled instanceof RegExp ? undefined : compiled;
  },
});
