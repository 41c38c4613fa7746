import { COMMANDS, type Command } from "./command.ts";
import { CONFIG_CONTENT_VARIABLE, FLAGS, VARIABLE_PREFIX, takes, type Flag } from "./flag.ts";

const WIDTH = 100;
const INDENT = 6;

/** The text of `--help`: of one command, or of the program with the flags of `run` where none is given. */
export function usage(command?: Command): string {
  const shown = command ?? "run";
  const flags: readonly Flag[] = FLAGS.filter((flag) => takes(shown, flag));
  return [
    `Usage: athena-session-exporter ${command ?? "[COMMAND]"} [FLAGS]`,
    "",
    ...(command === undefined ? commandLines() : [sentence(helpOf(command))]),
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

function commandLines(): string[] {
  return ["Commands:", ...COMMANDS.map(({ name, help }) => `  ${name.padEnd(12)}${help}`)];
}

function helpOf(command: Command): string {
  return COMMANDS.find(({ name }) => name === command)?.help ?? "";
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

function flagLines(flag: Flag): string[] {
  const value = flag.placeholder === undefined ? "" : `=${flag.placeholder}`;
  const notes = [
    ...(flag.default === undefined ? [] : [`default ${flag.default}`]),
    ...(flag.isRepeatable === true ? ["repeatable"] : []),
  ];
  const help = notes.length === 0 ? flag.help : `${flag.help} (${notes.join("; ")})`;
  return [`  --${flag.name}${value}`, ...wrap(help, INDENT)];
}

/** Lines of at most `WIDTH` characters, broken between words. */
function wrap(text: string, indent: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && indent + line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].map((one) => `${" ".repeat(indent)}${one}`);
}
