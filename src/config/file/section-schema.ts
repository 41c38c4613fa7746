import { z } from "zod";
import { describeInput, mismatch } from "../problem.ts";
import type { KeySetting } from "../setting.ts";
import { areSound, list, report, type ValueProblem } from "../values/value.ts";
import { keysOf } from "./section.ts";

/** A check of keys of one mapping against each other. */
export interface SectionCheck<Value> {
  /** Those that it looks at: it runs if they are right in themselves. */
  readonly keys: readonly (keyof Value)[];
  find(section: Value): ValueProblem[];
}

/** Checks of mappings by their paths. */
export type SectionChecks = Readonly<Record<string, readonly SectionCheck<never>[]>>;

/** The longest list of mappings. */
const MAX_SECTIONS = 1_000;

/**
 * The schema of the mapping at `path`, empty for the whole file, by the rows of its keys. A mapping has known keys only:
 * `strictObject` reports the others. A key without a value is as good as absent.
 */
export function sectionSchema(rows: readonly KeySetting[], checks: SectionChecks, path: string): z.ZodType {
  const shape = Object.fromEntries(
    keysOf(rows, path).map(([name, row]) => [name, keySchema(rows, checks, row)]),
  );
  const expected = `keys such as ${Object.keys(shape).slice(0, 3).join(", ")}`;
  const mapping = z.strictObject(shape, { error: ({ input }) => mismatch(expected, describeInput(input)) });
  const checked = (checks[path] ?? []).reduce(
    (schema, check) =>
      schema.superRefine((value, context) => report(check.find(value as never), context), {
        when: ({ issues }) => areSound(issues, check.keys),
      }),
    mapping,
  );
  return z.preprocess((input) => withoutEmptyKeys(input, shape), checked);
}

function withoutEmptyKeys(input: unknown, known: object): unknown {
  return typeof input === "object" && input !== null && !Array.isArray(input)
    ? Object.fromEntries(
        Object.entries(input).filter(([key, value]) => value !== null || !Object.hasOwn(known, key)),
      )
    : input;
}

function keySchema(rows: readonly KeySetting[], checks: SectionChecks, row: KeySetting): z.ZodType {
  const { key, kind, default: written } = row;
  const section = (path: string) => sectionSchema(rows, checks, path);
  if (kind === "section") return section(key).prefault({});
  if (kind === "optional section") return section(key).optional();
  if (kind === "section list") return list(section(`${key}[]`), key, 1, MAX_SECTIONS).optional();
  return written === undefined ? kind.optional() : kind.prefault(written);
}
