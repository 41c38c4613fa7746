import { nearest } from "./nearest.ts";
import { quoted } from "./problem.ts";

/** A kind of value that a user writes as text, in a flag, a variable or the file alike. */
export interface ValueKind<T> {
  /** Completes "expected ...", for people: what to write. */
  readonly expected: string;
  /** The value, or undefined where the text is none. */
  parse(text: string): T | undefined;
  /** More about a text that `parse` refused: the reason, or the likely intention. */
  hint?(text: string): string | undefined;
  /** Why a number must be written in quotes in YAML, where that is not plain. */
  readonly whyQuoted?: string;
  /** Its texts are never repeated in messages. */
  readonly secret?: boolean;
}

/** Why `text` was refused by `kind`. */
export function explain(kind: ValueKind<unknown>, text: string): string {
  const got = kind.secret === true ? "something else" : quoted(text);
  const hint = kind.hint?.(text);
  return `expected ${kind.expected}, got ${got}${hint === undefined ? "" : `; ${hint}`}`;
}

/** One of a few words, exactly as they are spelt. */
export function choice<const T extends string>(words: readonly T[]): ValueKind<T> {
  return {
    expected: words.length === 1 ? quoted(String(words[0])) : `one of ${words.join(", ")}`,
    parse: (text) => words.find((word) => word === text),
    hint(text) {
      const near = nearest(text, words);
      return near === undefined ? undefined : `did you mean ${quoted(near)}?`;
    },
  };
}

/** A whole number between two bounds, both included. */
export function wholeNumber(min: number, max: number): ValueKind<number> {
  return {
    expected: `a whole number from ${min} to ${max}`,
    parse(text) {
      const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
      return value >= min && value <= max ? value : undefined;
    },
  };
}

/** Text for people or for the operating system: at most `maxCharacters`, printable, not empty. */
export function plainText(what: string, maxCharacters: number): ValueKind<string> {
  return {
    expected: `${what} of at most ${maxCharacters} printable characters`,
    parse: (text) =>
      text.length > 0 && text.length <= maxCharacters && !/\p{Cc}/u.test(text) ? text : undefined,
  };
}

/** Whether a boolean flag is on, as its `=value` or its variable says. */
export const yesOrNo: ValueKind<boolean> = {
  expected: "true or false",
  parse: (text) => (text === "true" || text === "false" ? text === "true" : undefined),
};

const MAX_PATTERN_CHARACTERS = 1_000;

function compile(text: string): RegExp | string {
  if (text.length > MAX_PATTERN_CHARACTERS) {
    return `it is longer than ${MAX_PATTERN_CHARACTERS} characters`;
  }
  try {
    return new RegExp(text);
  } catch (error) {
    // The engine's message repeats the whole pattern before its reason.
    return String(error instanceof Error ? error.message.replace(/^.*\/: /s, "") : error);
  }
}

/** A regular expression of JavaScript. */
export const regularExpression: ValueKind<RegExp> = {
  expected: 'a regular expression such as "^spark-"',
  parse(text) {
    const compiled = compile(text);
    return compiled instanceof RegExp ? compiled : undefined;
  },
  hint(text) {
    const compiled = compile(text);
    return compiled instanceof RegExp ? undefined : compiled;
  },
};
