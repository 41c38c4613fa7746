import { z } from "zod";
import type { Fault } from "./fault.ts";
import { quoted } from "./problem.ts";
import { explain, type ValueKind } from "./value-kind.ts";

/** What stands in the file instead of what is expected, in words. */
function described(input: unknown): string {
  if (input === null || input === undefined) {
    return "nothing";
  }
  if (Array.isArray(input)) {
    return "a list";
  }
  if (typeof input === "object") {
    return "a mapping";
  }
  if (typeof input === "number" || typeof input === "boolean") {
    return `the ${typeof input} ${input}`;
  }
  return typeof input === "string" ? quoted(input) : "something else";
}

function mismatch(expected: string, input: unknown): string {
  return input === undefined
    ? `missing; expected ${expected}`
    : `expected ${expected}, got ${described(input)}`;
}

function textMismatch(kind: ValueKind<unknown>, input: unknown): string {
  if (typeof input !== "number" && typeof input !== "boolean") {
    return mismatch(kind.expected, input);
  }
  const why = kind.whyQuoted === undefined ? "" : `: ${kind.whyQuoted}`;
  const isQuotable = kind.parse(String(input)) !== undefined || why !== "";
  const hint = isQuotable ? `put it in quotes${why}` : kind.hint?.(String(input));
  const got = kind.secret === true ? `a ${typeof input}` : described(input);
  return `expected ${kind.expected}, got ${got}${hint === undefined ? "" : `; ${hint}`}`;
}

/** A value that is written as text. */
export function text<T>(kind: ValueKind<T>) {
  return z.string({ error: ({ input }) => textMismatch(kind, input) }).transform((written, context): T => {
    const value = kind.parse(written);
    if (value === undefined) {
      context.addIssue({ code: "custom", message: explain(kind, written) });
      return z.NEVER;
    }
    return value;
  });
}

/** A number between two bounds, both included. */
export function number(min: number, max: number, { whole }: { whole: boolean }) {
  const expected = `a ${whole ? "whole number" : "number"} from ${min} to ${max}`;
  const error = ({ input }: { input?: unknown }) => mismatch(expected, input);
  return z
    .number({ error })
    .refine((value) => value >= min && value <= max && (!whole || Number.isInteger(value)), { error });
}

export function flag() {
  return z.boolean({ error: ({ input }) => mismatch("true or false", input) });
}

/** A list of `min` to `max` items. */
export function list<T extends z.ZodType>(item: T, what: string, min: number, max: number) {
  const expected = `a list of ${min === 0 ? "at most" : `${min} to`} ${max} ${what}`;
  const error = ({ input }: { input?: unknown }) =>
    Array.isArray(input)
      ? `expected ${expected}, got ${input.length}`
      : `${mismatch(expected, input)}${typeof input === "string" ? `; write [${quoted(input)}]` : ""}`;
  return z.array(item, { error }).min(min, { error }).max(max, { error });
}

/** A mapping of known keys; `strictObject` reports the others, and whoever reads its issues finds the nearest name. */
export function mapping<T extends z.core.$ZodLooseShape>(shape: T) {
  const expected = `keys such as ${Object.keys(shape).slice(0, 3).join(", ")}`;
  return z.strictObject(shape, { error: ({ input }) => mismatch(expected, input) });
}

/** A mapping from names that users choose, each of the kind `name`, to values; at most `max`. */
export function record<T>(name: ValueKind<string>, value: ValueKind<T>, what: string, max: number) {
  const expected = `a mapping of 1 to ${max} ${what}`;
  const error = ({ input }: { input?: unknown }) => mismatch(expected, input);
  return z.record(z.string(), text(value), { error }).superRefine((entries, context) => {
    const names = Object.keys(entries);
    if (names.length === 0 || names.length > max) {
      context.addIssue({ code: "custom", message: `expected ${expected}, got ${names.length}` });
    }
    for (const written of names) {
      if (name.parse(written) === undefined) {
        context.addIssue({ code: "custom", path: [written], message: explain(name, written) });
      }
    }
  });
}

type Issues = z.core.ParsePayload["issues"];

/** Whether the value is of the right type and nothing is wrong at its keys or indexes `parts`; other keys may be. */
function areSound(issues: Issues, parts: readonly PropertyKey[]): boolean {
  return issues.every(
    ({ code, path = [] }) =>
      code === "unrecognized_keys" || (path[0] !== undefined && !parts.includes(path[0])),
  );
}

function report(faults: readonly Fault[], context: z.RefinementCtx): void {
  for (const { path, message } of faults) {
    context.addIssue({ code: "custom", path: [...path], message });
  }
}

/** A check of the members `keys` against each other: it runs whatever is wrong at others, so that all is told at once. */
export function checkedKeys<S extends z.ZodType>(
  schema: S,
  keys: readonly (keyof z.output<S>)[],
  find: (value: z.output<S>) => readonly Fault[],
): S {
  return schema.superRefine((value, context) => report(find(value), context), {
    when: ({ issues }) => areSound(issues, keys),
  });
}

/** A check of a list's items against each other; those that are wrong in themselves are handed over as undefined. */
export function checkedItems<I extends z.ZodType>(
  schema: z.ZodArray<I>,
  find: (items: readonly (z.output<I> | undefined)[]) => readonly Fault[],
): z.ZodArray<I> {
  return schema.superRefine(
    (items, context) => {
      const sound = items.map((item, index) => (areSound(context.issues, [index]) ? item : undefined));
      report(find(sound), context);
    },
    { when: ({ issues }) => areSound(issues, []) },
  );
}
