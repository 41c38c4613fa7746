import type { Command } from "../command.ts";
import type { ConfigProblem } from "../problem.ts";
import { FLAGS, findFlag, type Flag, type FlagValues } from "./flag.ts";

/** A flag as it was written, not yet parsed. */
export interface WrittenFlag {
  readonly name: string;
  /** The flag or the variable, for problems. */
  readonly source: string;
  /** One, or several of a repeatable flag. */
  readonly texts: readonly string[];
}

/** Parses what was written, and fills in defaults. A flag with a problem counts as not given. */
export function readFlags(
  command: Command,
  written: readonly WrittenFlag[],
): { flags: FlagValues; sources: ReadonlyMap<string, string>; problems: ConfigProblem[] } {
  const problems: ConfigProblem[] = [];
  const sources = new Map<string, string>();
  const values = new Map<string, unknown>();
  for (const name of new Set(FLAGS.map((flag) => flag.name))) {
    const flag = findFlag(command, name);
    if (flag === undefined) continue;
    const ofFlag = written.filter((one) => one.name === name);
    const texts = ofFlag.flatMap((one) => one.texts);
    const source = ofFlag[0]?.source;
    const { value, messages } = source === undefined ? { messages: [] } : parseTexts(flag, texts);
    if (source !== undefined) sources.set(name, source);
    problems.push(...messages.map((message) => ({ source: source ?? "", message })));
    values.set(name, value ?? defaultOf(flag));
  }
  // FlagValues is made from the same rows, which a type cannot show of a loop over them.
  return { flags: Object.fromEntries(values) as FlagValues, sources, problems };
}

/** The values of a flag, or what is wrong with them. */
function parseTexts(flag: Flag, texts: readonly string[]): { value?: unknown; messages: string[] } {
  const { kind, isRepeatable = false, fromText = String } = flag;
  if (!isRepeatable && texts.length > 1) return { messages: ["is given more than once; keep one"] };
  const inputs = texts.map(fromText);
  const { data: value, error } = kind.safeParse(isRepeatable ? inputs : inputs[0]);
  return { value, messages: (error?.issues ?? []).map(({ message }) => message) };
}

/** The default of a key of the file is the file's. */
function defaultOf({ key, kind, default: written }: Flag): unknown {
  return key === undefined && written !== undefined ? kind.parse(written) : undefined;
}
