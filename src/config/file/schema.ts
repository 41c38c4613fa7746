import { z } from "zod";
import type { KeySetting } from "../setting.ts";
import { describeInput, mismatch } from "../problem.ts";
import { areSound, list, report } from "../values/value.ts";
import { ACCOUNT_CHECKS, POLL_CHECKS, SESSION_CHECKS, type SectionCheck } from "./checks.ts";
import { keysOf, type AccountEntry, type ConfigFile } from "./config-file.ts";

/** The longest list of mappings: each is an account. */
const MAX_SECTIONS = 1_000;

/** Checks of mappings by their paths. */
const SECTION_CHECKS: Readonly<Record<string, readonly SectionCheck<never>[]>> = {
  poll: POLL_CHECKS,
  "accounts[]": ACCOUNT_CHECKS,
  sessions: SESSION_CHECKS,
};

// The schemas are made of the same rows as their types, which a type cannot show of a loop over them.

/** The configuration file. */
export const fileSchema = sectionSchema("") as z.ZodType<ConfigFile>;
/** One entry of `accounts`. */
export const accountSchema = sectionSchema("accounts[]") as z.ZodType<AccountEntry>;
/** How workgroups are discovered where the file says nothing about it. */
export const DEFAULT_DISCOVERY = sectionSchema("accounts[].discovery").parse({}) as NonNullable<
  AccountEntry["discovery"]
>;

/** A mapping of known keys: `strictObject` reports the others. A key without a value is as good as absent. */
function sectionSchema(path: string): z.ZodType {
  const shape = Object.fromEntries(keysOf(path).map(([name, row]) => [name, keySchema(row)]));
  const expected = `keys such as ${Object.keys(shape).slice(0, 3).join(", ")}`;
  const mapping = z.strictObject(shape, { error: ({ input }) => mismatch(expected, describeInput(input)) });
  const sectionChecks = SECTION_CHECKS[path] ?? [];
  const checked = sectionChecks.reduce(
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

function keySchema({ key, kind, default: written }: KeySetting): z.ZodType {
  if (kind === "section") return sectionSchema(key).prefault({});
  if (kind === "optional section") return sectionSchema(key).optional();
  if (kind === "section list") return list(sectionSchema(`${key}[]`), key, 1, MAX_SECTIONS).optional();
  return written === undefined ? kind.optional() : kind.prefault(written);
}
