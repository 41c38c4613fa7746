import { parseArgs } from "node:util";
import { COMMAND_NAMES, findCommand, type Command } from "../command.ts";
import { nearest, suggestion } from "../nearest.ts";
import { quoted, type ConfigProblem } from "../problem.ts";
import { environmentProblems, flagsOfEnvironment, type Environment } from "./environment.ts";
import { acceptsFlag, findFlag, FLAGS, type FlagValues } from "./flag.ts";
import { readFlags, type WrittenFlag } from "./flag-values.ts";

/** What the command line and the environment say, with everything that is wrong with them. */
export interface CommandLine {
  /** `run` where none is given, or an unknown one. */
  readonly command: Command;
  /** What follows the command, where it needs something; one of the words of its row. */
  readonly argument?: string;
  /** By name; a value that is wrong counts as not given. */
  readonly flags: FlagValues;
  /** Who gave a flag's value, as problems name it: the flag or the variable. Absent for defaults. */
  readonly sources: ReadonlyMap<string, string>;
  readonly problems: readonly ConfigProblem[];
}

type Token = NonNullable<ReturnType<typeof tokensOf>>[number];

function tokensOf(argv: readonly string[]) {
  const options = Object.fromEntries(
    FLAGS.map(({ name, placeholder }) => [
      name,
      { type: placeholder === undefined ? ("boolean" as const) : ("string" as const) },
    ]),
  );
  const withShort = { ...options, help: { type: "boolean", short: "h" } } as const;
  return parseArgs({ args: [...argv], options: withShort, strict: false, tokens: true }).tokens;
}

/**
 * Reads the arguments after the program's name, and the environment. A flag on the command line beats its variable.
 * @param env variables without our prefix are not looked at; one that is empty counts as not set
 */
export function parseCommandLine(argv: readonly string[], env: Environment): CommandLine {
  const tokens = tokensOf(argv);
  const { command, argument, problems } = readPositionals(tokens);
  const written: WrittenFlag[] = [];
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    const read = readOption(token, argv, command);
    if ("message" in read) problems.push(read);
    else written.push(read);
  }
  const named = new Set(written.map(({ name }) => name));
  const fromEnvironment = flagsOfEnvironment(env, command ?? "run").filter(({ name }) => !named.has(name));
  const read = readFlags(command ?? "run", [...written, ...fromEnvironment]);
  return {
    command: command ?? "run",
    ...(argument !== undefined && { argument }),
    flags: read.flags,
    sources: read.sources,
    problems: [...uniqueProblems([...problems, ...read.problems]), ...environmentProblems(env)],
  };
}

interface Positionals {
  readonly command?: Command;
  readonly argument?: string;
  readonly problems: ConfigProblem[];
}

function readPositionals(tokens: readonly Token[]): Positionals {
  const positionals = tokens.filter((token) => token.kind === "positional");
  const [first, ...rest] = positionals
    .filter(({ index }) => !followsUnknownFlag(index, tokens))
    .map(({ value }) => value);
  if (first === undefined) return { command: "run", problems: [] };
  const command = COMMAND_NAMES.find((name) => name === first);
  if (command === undefined) {
    const message = `unknown command; ${suggestion(first, COMMAND_NAMES)}`;
    return { problems: [{ source: quoted(first), message }, ...unexpected(rest)] };
  }
  const words = findCommand(command)?.argument?.words;
  if (words === undefined) return { command, problems: unexpected(rest) };
  const [argument, ...others] = rest;
  if (argument === undefined) {
    if (asksForHelp(tokens)) return { command, problems: [] };
    const message = `needs an argument: ${command} ${words.join("|")}`;
    return { command, problems: [{ source: command, message }] };
  }
  const problems = unexpected(others);
  if (words.includes(argument)) return { command, argument, problems };
  const message = `unknown argument of ${command}; ${suggestion(argument, words)}`;
  return { command, problems: [{ source: quoted(argument), message }, ...problems] };
}

function asksForHelp(tokens: readonly Token[]): boolean {
  return tokens.some((token) => token.kind === "option" && token.name === "help");
}

function unexpected(values: readonly string[]): ConfigProblem[] {
  const message = "unexpected argument; a command comes once, and a flag's value after its flag";
  return values.map((value) => ({ source: quoted(value), message }));
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
): WrittenFlag | ConfigProblem {
  const argument = argv[token.index] ?? token.rawName;
  if (!argument.startsWith("--") && argument !== "-h") {
    return shortFlagProblem(argument);
  }
  const source = `--${token.name}`;
  const flag = findFlag(command ?? "run", token.name);
  if (flag === undefined) {
    return { source, message: `unknown flag; ${flagSuggestion(token.name, command)}` };
  }
  if (command !== undefined && !acceptsFlag(command, flag)) {
    const owners = COMMAND_NAMES.filter((name) =>
      FLAGS.some((row) => row.name === flag.name && acceptsFlag(name, row)),
    );
    return { source, message: `not a flag of the command ${command}, only of ${owners.join(", ")}` };
  }
  const isMissing = token.value === undefined || (!token.inlineValue && token.value.startsWith("-"));
  if (flag.placeholder !== undefined && isMissing) {
    return { source, message: `needs a value: ${source}=${flag.placeholder}` };
  }
  return { name: flag.name, source, texts: [token.value ?? "true"] };
}

function shortFlagProblem(argument: string): ConfigProblem {
  const name = /^-([^=]*)/.exec(argument)?.[1] ?? "";
  const hint = isKnown(name) ? `write --${name}` : "flags begin with two dashes; -h is --help";
  return { source: quoted(argument), message: `unknown flag; ${hint}` };
}

function flagSuggestion(name: string, command: Command | undefined): string {
  const known = FLAGS.filter((flag) => command === undefined || acceptsFlag(command, flag));
  const near = nearest(
    name,
    known.map((flag) => flag.name),
  );
  return near === undefined ? "--help lists the known ones" : `did you mean --${near}?`;
}

/** A group such as `-xyz` yields one token a letter, and all of them the same problem. */
function uniqueProblems(problems: readonly ConfigProblem[]): ConfigProblem[] {
  return [...new Map(problems.map((problem) => [`${problem.source} ${problem.message}`, problem])).values()];
}
