import { COMMANDS, type Command } from "../command.ts";
import { acceptsFlag, CONFIG_CONTENT_VARIABLE, FLAGS, VARIABLE_PREFIX, type Flag } from "./flag.ts";

const WIDTH = 100;
const INDENT = 6;

/** The text of `--help`: of one command, or of the program with the flags of `run` where none is given. */
export function usage(command?: Command): string {
  const shown = command ?? "run";
  const flags = FLAGS.filter((flag) => acceptsFlag(shown, flag));
  return [
    `Usage: athena-session-exporter ${command ?? "[COMMAND]"} [FLAGS]`,
    "",
    ...describeCommands(command),
    "",
    command === undefined ? "Flags of run; COMMAND --help shows those of another command:" : "Flags:",
    ...flags.flatMap(flagLines),
    "",
    ...wrap(
      `Each flag but --version and --help is also a variable: --log.level is ${VARIABLE_PREFIX}LOG_LEVEL; repeatable ones are separated by commas. ` +
        `${CONFIG_CONTENT_VARIABLE} can hold the text of the configuration file. A flag beats its variable, which beats the file.`,
      0,
    ),
    "",
  ].join("\n");
}

function describeCommands(command?: Command): string[] {
  const help = COMMANDS.find(({ name }) => name === command)?.help;
  return help === undefined
    ? ["Commands:", ...COMMANDS.map(({ name, help }) => `  ${name.padEnd(12)}${help}`)]
    : [`${help.charAt(0).toUpperCase()}${help.slice(1)}.`];
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
