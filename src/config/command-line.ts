import { parseArgs } from "node:util";
import { COMMAND_NAMES, findCommand, unknownCommand, type Command } from "./command.ts";
import { environmentProblems, givenByEnvironment, type Environment } from "./environment.ts";
import { FLAGS, findFlag, takes, type FlagValues } from "./flag.ts";
import { readFlags, type Given } from "./flag-reader.ts";
import { nearest } from "./nearest.ts";
import { quoted, type ConfigProblem } from "./problem.ts";

/** What the command line and the environment say, with everything that is wrong with them. */
export interface CommandLine {
  /** `run` where none is given, or an unknown one. */
  readonly command: Command;
  /** By name; a value that is wrong counts as not given. */
  readonly flags: FlagValues;
  /** Who gave a flag's value, as problems name it: the flag or the variable. Absent for defaults. */
  readonly sources: ReadonlyMap<string, string>;
  readonly problems: readonly ConfigProblem[];
}

type Token = NonNullable<ReturnType<typeof tokensOf>>[number];

function tokensOf(argv: readonly string[]) {
  const options = Object.fromEntries(
    FLAGS.map((flag) => [
      flag.name,
      {
        type: "placeholder" in flag ? ("string" as const) : ("boolean" as const),
        ...(flag.name === "help" ? { short: "h" } : {}),
      },
    ]),
  );
  return parseArgs({ args: [...argv], options, strict: false, tokens: true, allowPositionals: true }).tokens;
}

/**
 * Reads the arguments after the program's name, and the environment. A flag on the command line beats its variable.
 * @param env variables without our prefix are not looked at; one that is empty counts as not set
 */
export function parseCommandLine(argv: readonly string[], env: Environment): CommandLine {
  const tokens = tokensOf(argv);
  const { command, problems } = readPositionals(tokens);
  const given: Given[] = [];
  for (const token of tokens) {
    if (token.kind === "option") {
      const read = readOption(token, argv, command);
      problems.push(...("message" in read ? [read] : []));
      given.push(...("name" in read ? [read] : []));
    }
  }
  const named = new Set(given.map(({ name }) => name));
  const fromEnvironment = givenByEnvironment(env, command ?? "run").filter(({ name }) => !named.has(name));
  const read = readFlags(command ?? "run", [...given, ...fromEnvironment]);
  return {
    command: command ?? "run",
    flags: read.flags,
    sources: read.sources,
    problems: [...uniqueProblems([...problems, ...read.problems]), ...environmentProblems(env)],
  };
}

function readPositionals(tokens: readonly Token[]): { command?: Command; problems: ConfigProblem[] } {
  const positionals = tokens.filter((token) => token.kind === "positional");
  const [first, ...rest] = positionals.filter(({ index }) => !followsUnknownFlag(index, tokens));
  if (first === undefined) {
    return { command: "run", problems: [] };
  }
  const command = findCommand(first.value);
  const problems = rest.map(({ value }) => ({
    source: quoted(value),
    message: "unexpected argument; a command comes once, and a flag's value after its flag",
  }));
  return command === undefined
    ? { problems: [{ source: quoted(first.value), message: unknownCommand(first.value) }, ...problems] }
    : { command, problems };
}

/** The value of a flag that is unknown looks like a command; it is not worth a second problem. */
function followsUnknownFlag(index: number, tokens: readonly Token[]): boolean {
  return tokens.some(
    (token) =>
      token.kind === "option" &&
      token.index === index - 1 &&
      !isKnown(token.name) &&
      token.value === undefined,
  );
}

const isKnown = (name: string): boolean => FLAGS.some((flag) => flag.name === name);

function readOption(
  token: Extract<Token, { kind: "option" }>,
  argv: readonly string[],
  command: Command | undefined,
): Given | ConfigProblem {
  const written = argv[token.index] ?? token.rawName;
  if (!written.startsWith("--") && written !== "-h") {
    return shortFlagProblem(written);
  }
  const source = `--${token.name}`;
  const flag = findFlag(command ?? "run", token.name);
  if (flag === undefined) {
    return { source, message: `unknown flag; ${flagSuggestion(token.name, command)}` };
  }
  if (command !== undefined && !takes(command, flag)) {
    const owners = COMMAND_NAMES.filter((name) =>
      FLAGS.some((row) => row.name === flag.name && takes(name, row)),
    );
    return { source, message: `not a flag of the command ${command}, only of ${owners.join(", ")}` };
  }
  const isMissing = token.value === undefined || (!token.inlineValue && token.value.startsWith("-"));
  if (flag.placeholder !== undefined && isMissing) {
    return { source, message: `needs a value: ${source}=${flag.placeholder}` };
  }
  return { name: flag.name, source, texts: [token.value ?? "true"] };
}

function shortFlagProblem(written: string): ConfigProblem {
  const name = /^-([^=]*)/.exec(written)?.[1] ?? "";
  const hint = isKnown(name) ? `write --${name}` : "flags begin with two dashes; -h is --help";
  return { source: quoted(written), message: `unknown flag; ${hint}` };
}

function flagSuggestion(name: string, command: Command | undefined): string {
  const known = FLAGS.filter((flag) => command === undefined || takes(command, flag)).map(
    (flag) => flag.name,
  );
  const near = nearest(name, known);
  return near === undefined ? "--help lists the known ones" : `did you mean --${near}?`;
}

/** A group such as `-xyz` yields one token a letter, and all of them the same problem. */
function uniqueProblems(problems: readonly ConfigProblem[]): ConfigProblem[] {
  return [...new Map(problems.map((problem) => [`${problem.source} ${problem.message}`, problem])).values()];
}
