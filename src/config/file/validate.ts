import type { z } from "zod";
import { suggestion } from "../nearest.ts";
import { quoted, type ConfigProblem } from "../problem.ts";
import type { KeySetting } from "../setting.ts";
import type { Path, ValueProblem } from "../values/value.ts";
import { readDocument, type ConfigDocument } from "./document.ts";
import { MAX_CONFIG_BYTES, TOO_LARGE } from "./read-file.ts";
import { keysOf } from "./section.ts";

/** A YAML text that was held against the schema of its file. */
export interface Validated<File> {
  /** The plain values as they were written. */
  readonly written: unknown;
  /** The valid values; absent if there is a problem. */
  readonly file?: File | undefined;
  /** What the schema found. */
  readonly issues: readonly z.core.$ZodIssue[];
  /** What is wrong with values, as problems with their places in the text. */
  readonly locate: (problems: readonly ValueProblem[]) => ConfigProblem[];
  /** The same of the issues. */
  readonly problems: readonly ConfigProblem[];
}

/**
 * Reads YAML by a schema; an empty text is an empty mapping.
 * @param source names the text in problems
 * @param rows the rows that the schema was made of, for the names of keys
 */
export function validateText<File>(
  source: string,
  content: string,
  schema: z.ZodType<File>,
  rows: readonly KeySetting[],
): Validated<File> | { readonly problems: readonly ConfigProblem[] } {
  if (Buffer.byteLength(content) > MAX_CONFIG_BYTES) return { problems: [{ source, message: TOO_LARGE }] };
  const read = readDocument(source, content);
  if ("problems" in read) return read;
  const { document } = read;
  const written = document.value ?? {};
  const { data: file, error } = schema.safeParse(written);
  const issues = error?.issues ?? [];
  const problems = issues.flatMap((issue) =>
    issue.code === "unrecognized_keys"
      ? issue.keys.map((key) => unknownKey(source, document, [...pathOf(issue.path), key], rows))
      : [wrongValue(source, document, pathOf(issue.path), issue.message)],
  );
  return {
    written,
    file,
    issues,
    problems,
    locate: (found) => found.map(({ path, message }) => wrongValue(source, document, path, message)),
  };
}

/** The order of problems in the text. */
export function byPlace(a: ConfigProblem, b: ConfigProblem): number {
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}

const pathOf = (path: readonly PropertyKey[]): Path =>
  path.map((part) => (typeof part === "number" ? part : String(part)));

function wrongValue(source: string, document: ConfigDocument, path: Path, message: string): ConfigProblem {
  const subject = path.length === 0 ? "" : `${inWords(path)}: `;
  return { source, ...document.placeOf(path, "value"), message: `${subject}${message}` };
}

function unknownKey(
  source: string,
  document: ConfigDocument,
  path: Path,
  rows: readonly KeySetting[],
): ConfigProblem {
  const name = String(path.at(-1));
  const section = inWords(path.slice(0, -1)).replaceAll(/\[\d+\]/g, "[]");
  const known = keysOf(rows, section).map(([key]) => key);
  const message = `${inWords(path)}: unknown key; ${suggestion(name, known)}`;
  return { source, ...document.placeOf(path, "key"), message };
}

/** `accounts[0].regions[1]`; keys that are no plain names are quoted. */
function inWords(path: Path): string {
  const nameOf = (part: string) => (/^[\w-]{1,64}$/.test(part) ? part : quoted(part));
  const parts = path.map((part) => (typeof part === "number" ? `[${part}]` : `.${nameOf(part)}`));
  return parts.join("").slice(1);
}
