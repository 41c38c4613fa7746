import { z } from "zod";
import { describeInput, mismatch, quoted } from "../problem.ts";

/** What a flag needs to know about its kind of value. */
export interface FlagTraits {
  /** What stands for the value in `--help`. Absent for true and false, which a flag need not be given. */
  readonly placeholder?: string;
  /** What a shell completes, where there are a few values. */
  readonly words?: readonly string[];
  /** What the file would have in place of a flag's text, where that is not text. */
  readonly fromText?: (text: string) => unknown;
  /** As a flag it is given once for each item, as a variable it is separated by commas. */
  readonly isRepeatable?: true;
}

/** The traits of those kinds of values that flags have. */
export const FLAG_TRAITS = z.registry<FlagTraits>();

/** Values that a user writes as text, in a flag, a variable or the file alike. */
export interface TextValue<T> {
  /** Completes "expected ...", for people: what to write. */
  readonly expected: string;
  readonly placeholder?: string | undefined;
  readonly words?: readonly string[];
  /** The value, or undefined where the text is none. */
  readonly parse: (text: string) => T | undefined;
  /** More about a text that `parse` refused: the reason, or the likely intention. */
  readonly hint?: (text: string) => string | undefined;
  /** The hint for a number in the file, where quotes alone do not repair it. */
  readonly numberHint?: string;
  /** Its texts are never repeated in messages. */
  readonly isSecret?: boolean;
}

/** The kind of a value that is written as text. */
export function textValue<T>(described: TextValue<T>): z.ZodType<T> {
  const { parse, placeholder, words } = described;
  const schema = z.unknown().transform((input, context): T => {
    const value = typeof input === "string" ? parse(input) : undefined;
    if (value !== undefined) return value;
    context.addIssue({ code: "custom", message: explain(described, input) });
    return z.NEVER;
  });
  return placeholder === undefined
    ? schema
    : schema.register(FLAG_TRAITS, { placeholder, ...(words !== undefined && { words }) });
}

function explain(
  { expected, parse, hint, numberHint, isSecret = false }: TextValue<unknown>,
  input: unknown,
) {
  const got = isSecret ? "something else" : describeInput(input);
  if (typeof input === "string") return mismatch(expected, got, hint?.(input));
  if (typeof input !== "number" && typeof input !== "boolean") return mismatch(expected, got);
  const unquoted = String(input);
  const quotesHint = parse(unquoted) === undefined ? hint?.(unquoted) : "put it in quotes";
  return mismatch(expected, got, numberHint ?? quotesHint);
}

/** Keys and indexes from a value down to one within it. */
export type Path = readonly (string | number)[];

/** What is wrong at a path within a value. */
export interface ValueProblem {
  readonly path: Path;
  readonly message: string;
}

/**
 * A list of `min` to `max` items.
 * @param what the items in words
 * @param check finds what is wrong between the items; those that are wrong in themselves are undefined
 */
export function list<T>(
  item: z.ZodType<T>,
  what: string,
  min: number,
  max: number,
  check: (items: readonly (NoInfer<T> | undefined)[]) => ValueProblem[] = () => [],
): z.ZodType<readonly T[]> {
  const expected = `a list of ${min === 0 ? "at most" : `${min} to`} ${max} ${what}`;
  const error = ({ input }: { input?: unknown }) =>
    mismatch(
      expected,
      Array.isArray(input) ? String(input.length) : describeInput(input),
      typeof input === "string" ? `write [${quoted(input)}]` : undefined,
    );
  const items = z.array(item).superRefine(
    (values, context) => {
      const wrong = new Set(context.issues.filter(isNotUnknownKey).map(({ path }) => path?.[0]));
      const sound = values.map((value, index) => (wrong.has(index) ? undefined : value));
      report(check(sound), context);
    },
    { when: ({ issues }) => areSound(issues, []) },
  );
  // The length comes first, so that a few lines of aliases cannot stand for millions of items.
  const limited = z.array(z.unknown(), { error }).min(min, { error }).max(max, { error }).pipe(items);
  return limited.register(FLAG_TRAITS, { ...FLAG_TRAITS.get(item), isRepeatable: true });
}

/** A mapping of `min` to `max` names that users choose to values; `what` is both in words. */
export function map<T>(
  name: z.ZodType<string>,
  value: z.ZodType<T>,
  what: string,
  max: number,
  min = 1,
): z.ZodType<Readonly<Record<string, T>>> {
  const expected = `a mapping of ${min} to ${max} ${what}`;
  const error = ({ input }: { input?: unknown }) => mismatch(expected, describeInput(input));
  const limited = z.record(z.string(), z.unknown(), { error }).superRefine((entries, context) => {
    const { length } = Object.keys(entries);
    if (length < min || length > max) context.addIssue(mismatch(expected, String(length)));
  });
  const named = z.record(z.string(), value).superRefine((entries, context) => {
    const problems = Object.keys(entries).flatMap((key) =>
      (name.safeParse(key).error?.issues ?? []).map(({ message }) => ({ path: [key], message })),
    );
    report(problems, context);
  });
  return limited.pipe(named);
}

/** The check of a list in which each text comes once. */
export function findDuplicates(items: readonly (string | undefined)[]): ValueProblem[] {
  return items.flatMap((item, index) =>
    item !== undefined && items.indexOf(item) < index
      ? [{ path: [index], message: `${quoted(item)} is given twice; remove one` }]
      : [],
  );
}

type Issues = z.core.ParsePayload["issues"];

/** A key that is unknown leaves the others as they are. */
const isNotUnknownKey = ({ code }: Issues[number]): boolean => code !== "unrecognized_keys";

/** Whether a mapping or a list is one, and nothing is wrong at its keys or indexes `parts`; others may be wrong. */
export function areSound(issues: Issues, parts: readonly PropertyKey[]): boolean {
  return issues
    .filter(isNotUnknownKey)
    .every(({ path: [part] = [] }) => part !== undefined && !parts.includes(part));
}

/** Hands the problems over to zod. */
export function report(problems: readonly ValueProblem[], context: z.RefinementCtx): void {
  for (const { path, message } of problems) context.addIssue({ code: "custom", path: [...path], message });
}
