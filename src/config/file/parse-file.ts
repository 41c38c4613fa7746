import type { z } from "zod";
import type { ConfigProblem } from "../problem.ts";
import { findOverlaps } from "./account-overlap.ts";
import { CONFIG_ROWS, type AccountEntry, type ConfigFile } from "./config-file.ts";
import { accountSchema, fileSchema } from "./schema.ts";
import { byPlace, validateText } from "./validate.ts";

/** What became of a file's text. */
export type ParsedFile =
  | { readonly file: ConfigFile }
  | {
      readonly problems: readonly ConfigProblem[];
      /** Whether it names accounts or an organization, right or wrong; absent where that is unknown. */
      readonly hasAccounts?: boolean;
    };

/**
 * Checks the text of a configuration file; an empty one is all defaults.
 * @param source names the text in problems
 * @param defaultRegion the region of accounts that name none, where it is known
 * @returns the file's values, or everything that is wrong, in the order of the text
 */
export function parseConfigFile(source: string, content: string, defaultRegion?: string): ParsedFile {
  const validated = validateText(source, content, fileSchema, CONFIG_ROWS);
  if (!("locate" in validated)) return validated;
  const { file, issues } = validated;
  const { accounts, organization } = validated.written as { accounts?: unknown; organization?: unknown };
  const entries = file === undefined ? soundEntries(accounts, issues) : (file.accounts ?? []);
  const overlaps = findOverlaps(entries, defaultRegion).map(({ path, message }) => ({
    path: ["accounts", ...path],
    message,
  }));
  const problems = [...validated.problems, ...validated.locate(overlaps)];
  return file !== undefined && problems.length === 0
    ? { file }
    : {
        problems: problems.toSorted(byPlace),
        hasAccounts: (accounts ?? organization ?? undefined) !== undefined,
      };
}

/** The entries of `accounts` that are right in themselves; others are undefined. */
function soundEntries(accounts: unknown, issues: readonly z.core.$ZodIssue[]): (AccountEntry | undefined)[] {
  const isList = Array.isArray(accounts) && issues.every(({ path }) => path.join() !== "accounts");
  return isList ? accounts.map((entry) => accountSchema.safeParse(entry).data) : [];
}
