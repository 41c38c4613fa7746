import type { Command } from "./command.ts";
import { FLAGS, findFlag, type Flag, type FlagValues } from "./flag.ts";
import { quoted, type ConfigProblem } from "./problem.ts";
import { explain } from "./value-kind.ts";

/** A flag as it was given, not yet understood. */
export interface Given {
  readonly name: string;
  /** The flag or the variable, for problems. */
  readonly source: string;
  /** One, or several of a repeatable flag. */
  readonly texts: readonly string[];
}

/** More than this of one repeatable flag is a mistake. */
const MAX_REPEATS = 1_000;

/** Understands what was given, and fills in defaults. A problem's flag counts as not given. */
export function readFlags(
  command: Command,
  given: readonly Given[],
): { flags: FlagValues; sources: ReadonlyMap<string, string>; problems: ConfigProblem[] } {
  const problems: ConfigProblem[] = [];
  const sources = new Map<string, string>();
  const values = new Map<string, unknown>();
  for (const flag of flagsByName(command)) {
    const ofFlag = given.filter(({ name }) => name === flag.name);
    const texts = ofFlag.flatMap((one) => one.texts);
    const source = ofFlag[0]?.source;
    const found = source === undefined ? [] : problemsOf(flag, source, texts);
    if (source !== undefined) {
      sources.set(flag.name, source);
    }
    problems.push(...found);
    values.set(flag.name, valueOf(flag, found.length === 0 ? texts : []));
  }
  // FlagValues is made from the same rows, which a type cannot show of a loop over them.
  return { flags: Object.fromEntries(values) as FlagValues, sources, problems };
}

/** One row a name: the command's own where several share it. */
function flagsByName(command: Command): Flag[] {
  const names = new Set(FLAGS.map(({ name }) => name));
  return [...names].flatMap((name) => findFlag(command, name) ?? []);
}

function problemsOf(flag: Flag, source: string, texts: readonly string[]): ConfigProblem[] {
  if (flag.isRepeatable !== true && texts.length > 1) {
    return [{ source, message: "is given more than once; keep one" }];
  }
  if (texts.length > MAX_REPEATS) {
    return [{ source, message: `is given ${texts.length} times; expected at most ${MAX_REPEATS}` }];
  }
  return texts.flatMap((text, index) => {
    if (flag.kind.parse(text) === undefined) {
      return [{ source, message: explain(flag.kind, text) }];
    }
    return texts.indexOf(text) < index
      ? [{ source, message: `${quoted(text)} is given twice; remove one` }]
      : [];
  });
}

function valueOf(flag: Flag, given: readonly string[]): unknown {
  const isDefault = given.length === 0 && flag.overrides === undefined && flag.default !== undefined;
  const values = (isDefault ? [flag.default ?? ""] : given).map((text) => flag.kind.parse(text));
  return flag.isRepeatable === true && values.length > 0 ? values : values[0];
}
