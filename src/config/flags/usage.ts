import { COMMANDS, findCommand, type Command } from "../command.ts";
import { CONFIG_CONTENT_VARIABLE, FLAGS, showsFlag, variableOf, type Flag } from "./flag.ts";

const PROGRAM = "athena-session-exporter";
const WIDTH = 100;
const INDENT = 6;

/** The text of `--help`: of one command, or of the program with the flags of `run` where none is given. */
export function usage(command?: Command): string {
  const shown = command ?? "run";
  const flags = FLAGS.filter((flag) => showsFlag(shown, flag));
  const argument = command === undefined ? undefined : findCommand(command)?.argument;
  return [
    `Usage: ${PROGRAM} ${[command ?? "[COMMAND]", ...(argument ? [argument.name] : []), "[FLAGS]"].join(" ")}`,
    "",
    ...describeCommands(command),
    "",
    command === undefined ? "Flags of run; COMMAND --help shows those of another command:" : "Flags:",
    ...flags.flatMap(flagLines),
    "",
    "Examples:",
    ...(findCommand(shown)?.examples ?? []).map((example) => `  ${PROGRAM} ${example}`),
    "",
    ...describeVariables(flags),
  ].join("\n");
}

function describeCommands(command?: Command): string[] {
  const row = command === undefined ? undefined : findCommand(command);
  if (row === undefined) {
    return ["Commands:", ...COMMANDS.map(({ name, help }) => `  ${name.padEnd(12)}${help}`)];
  }
  const { help, argument } = row;
  const words = argument === undefined ? "" : `; ${argument.name} is ${argument.words.join(", ")}`;
  return [`${help.charAt(0).toUpperCase()}${help.slice(1)}${words}.`];
}

/** Nothing where no flag is a setting. */
function describeVariables(flags: readonly Flag[]): string[] {
  const example = flags.find(({ isAction }) => isAction !== true)?.name;
  if (example === undefined) return [];
  const text =
    `Each flag but --version and --help is also a variable: --${example} is ${variableOf(example)}; repeatable ones are separated by commas. ` +
    `${CONFIG_CONTENT_VARIABLE} can hold the text of the configuration file. A flag beats its variable, which beats the file.`;
  return [...wrap(text, 0), ""];
}

function flagLines(flag: Flag): string[] {
  const value = flag.placeholder === undefined ? "" : `=${flag.placeholder}`;
  const notes = [
    ...(flag.default === undefined ? [] : [`default ${String(flag.default)}`]),
    ...(flag.isRepeatable === true ? ["repeatable"] : []),
  ];
  const help = notes.length === 0 ? flag.help : `${flag.help} (${notes.join("; ")})`;
  return [`  --${flag.name}${value}`, ...wrap(help, INDENT)];
}

/** Lines of at most `WIDTH` characters, broken between words. */
function wrap(text: string, indent: number): string[] {
  const lines = text.match(new RegExp(`\\S.{0,${WIDTH - indent - 1}}(?= |$)`, "g")) ?? [];
  return lines.map((line) => " ".repeat(indent) + line);
}
