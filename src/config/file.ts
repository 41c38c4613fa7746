import { CONFIG_KEYS } from "./config-key.ts";
import { readDocument, type ConfigDocument, type Path } from "./document.ts";
import { suggestion } from "./nearest.ts";
import { MAX_CONFIG_BYTES, TOO_LARGE } from "./read-file.ts";
import { quoted, type ConfigProblem } from "./problem.ts";
import { fileSchema, type ConfigFile } from "./schema.ts";

/** What became of a file's text. */
export type ParsedFile =
  | { readonly file: ConfigFile }
  | {
      readonly problems: readonly ConfigProblem[];
      /** Whether it lists accounts, right or wrong: what is wrong beside them can then be told too. */
      readonly hasAccounts: boolean;
    };

/**
 * Checks the text of a configuration file; an empty one is all defaults.
 * @param source names the text in problems
 * @returns the file's values, or everything that is wrong, in the order of the text
 */
export function parseConfigFile(source: string, content: string): ParsedFile {
  if (Buffer.byteLength(content) > MAX_CONFIG_BYTES) {
    return { problems: [{ source, message: TOO_LARGE }], hasAccounts: false };
  }
  const read = readDocument(source, content);
  if ("problems" in read) {
    return { ...read, hasAccounts: false };
  }
  const { document } = read;
  const result = fileSchema.safeParse(document.value ?? {});
  if (result.success) {
    return { file: result.data };
  }
  const problems = result.error.issues.flatMap((issue) =>
    issue.code === "unrecognized_keys"
      ? issue.keys.map((key) => unknownKey(source, document, [...pathOf(issue.path), key]))
      : [wrongValue(source, document, pathOf(issue.path), issue.message)],
  );
  return { problems: problems.toSorted(byPlace), hasAccounts: hasKey(document.value, "accounts") };
}

function hasKey(value: unknown, key: string): boolean {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key);
}

const pathOf = (path: readonly PropertyKey[]): Path =>
  path.map((part) => (typeof part === "number" ? part : String(part)));

function byPlace(a: ConfigProblem, b: ConfigProblem): number {
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}

function wrongValue(source: string, document: ConfigDocument, path: Path, message: string): ConfigProblem {
  const subject = path.length === 0 ? "" : `${inWords(path)}: `;
  return { source, ...document.placeOfValue(path), message: `${subject}${message}` };
}

function unknownKey(source: string, document: ConfigDocument, path: Path): ConfigProblem {
  const name = String(path.at(-1));
  const message = `${inWords(path)}: unknown key; ${suggestion(name, namesBeside(path))}`;
  return { source, ...document.placeOfKey(path), message };
}

/** The names that may stand where the last part of `path` stands. */
function namesBeside(path: Path): string[] {
  const parent = path.slice(0, -1).map((part) => (typeof part === "number" ? "[]" : `.${part}`));
  const prefix = parent.length === 0 ? "" : `${parent.join("").slice(1)}.`;
  return CONFIG_KEYS.map((key) => key.path)
    .filter((known) => known.startsWith(prefix) && /^\w+$/.test(known.slice(prefix.length)))
    .map((known) => known.slice(prefix.length));
}

/** `accounts[0].regions[1]`; keys that are no plain names are quoted. */
function inWords(path: Path): string {
  return path
    .map((part) => {
      if (typeof part === "number") {
        return `[${part}]`;
      }
      return `.${/^[\w-]{1,64}$/.test(part) ? part : quoted(part)}`;
    })
    .join("")
    .replace(/^\./, "");
}
