import type { z } from "zod";
import { suggestion } from "../nearest.ts";
import { quoted, type ConfigProblem } from "../problem.ts";
import type { Path } from "../values/value.ts";
import { findOverlaps } from "./account-overlap.ts";
import { keysOf, type AccountEntry, type ConfigFile } from "./config-file.ts";
import { readDocument, type ConfigDocument } from "./document.ts";
import { MAX_CONFIG_BYTES, TOO_LARGE } from "./read-file.ts";
import { accountSchema, fileSchema } from "./schema.ts";

/** What became of a file's text. */
export type ParsedFile =
  | { readonly file: ConfigFile }
  | {
      readonly problems: readonly ConfigProblem[];
      /** Whether it lists accounts, right or wrong; absent where that is unknown. */
      readonly hasAccounts?: boolean;
    };

/**
 * Checks the text of a configuration file; an empty one is all defaults.
 * @param source names the text in problems
 * @param defaultRegion the region of accounts that name none, where it is known
 * @returns the file's values, or everything that is wrong, in the order of the text
 */
export function parseConfigFile(source: string, content: string, defaultRegion?: string): ParsedFile {
  if (Buffer.byteLength(content) > MAX_CONFIG_BYTES) {
    return { problems: [{ source, message: TOO_LARGE }] };
  }
  const read = readDocument(source, content);
  if ("problems" in read) {
    return read;
  }
  const { document } = read;
  const value = document.value ?? {};
  const { data: file, error } = fileSchema.safeParse(value);
  const issues = error?.issues ?? [];
  const { accounts } = value as { accounts?: unknown };
  const entries = file === undefined ? soundEntries(accounts, issues) : (file.accounts ?? []);
  const problems = [
    ...issues.flatMap((issue) =>
      issue.code === "unrecognized_keys"
        ? issue.keys.map((key) => unknownKey(source, document, [...pathOf(issue.path), key]))
        : [wrongValue(source, document, pathOf(issue.path), issue.message)],
    ),
    ...findOverlaps(entries, defaultRegion).map(({ path, message }) =>
      wrongValue(source, document, ["accounts", ...path], message),
    ),
  ];
  return file !== undefined && problems.length === 0
    ? { file }
    : { problems: problems.toSorted(byPlace), hasAccounts: (accounts ?? undefined) !== undefined };
}

/** The entries of `accounts` that are right in themselves; others are undefined. */
function soundEntries(accounts: unknown, issues: z.core.$ZodIssue[]): (AccountEntry | undefined)[] {
  const isList = Array.isArray(accounts) && issues.every(({ path }) => path.join() !== "accounts");
  return isList ? accounts.map((entry) => accountSchema.safeParse(entry).data) : [];
}

const pathOf = (path: readonly PropertyKey[]): Path =>
  path.map((part) => (typeof part === "number" ? part : String(part)));

function byPlace(a: ConfigProblem, b: ConfigProblem): number {
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}

function wrongValue(source: string, document: ConfigDocument, path: Path, message: string): ConfigProblem {
  const subject = path.length === 0 ? "" : `${inWords(path)}: `;
  return { source, ...document.placeOf(path, "value"), message: `${subject}${message}` };
}

function unknownKey(source: string, document: ConfigDocument, path: Path): ConfigProblem {
  const name = String(path.at(-1));
  const section = inWords(path.slice(0, -1)).replaceAll(/\[\d+\]/g, "[]");
  const known = keysOf(section).map(([key]) => key);
  const message = `${inWords(path)}: unknown key; ${suggestion(name, known)}`;
  return { source, ...document.placeOf(path, "key"), message };
}

/** `accounts[0].regions[1]`; keys that are no plain names are quoted. */
function inWords(path: Path): string {
  const nameOf = (part: string) => (/^[\w-]{1,64}$/.test(part) ? part : quoted(part));
  const parts = path.map((part) => (typeof part === "number" ? `[${part}]` : `.${nameOf(part)}`));
  return parts.join("").slice(1);
}
