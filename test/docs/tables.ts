import type { ConfigKey } from "../../src/config/file/section.ts";
import { COMMANDS } from "../../src/config/command.ts";
import { FLAGS, variableOf, type Flag } from "../../src/config/flags/flag.ts";

const code = (text: string): string => `\`${text}\``;
/** Escapes vertical bars, which would end the cell. */
const cell = (text: string): string => text.replaceAll("|", String.raw`\|`);

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.map(cell).join(" | ")} |`).join("\n");
}

const FLAG_ROWS: readonly Flag[] = FLAGS;

/** The commands, as `--help` lists them. */
export function commandTable(): string {
  return table(
    ["command", "what it does"],
    COMMANDS.map(({ name, help }) => [code(name), help]),
  );
}

/** Every flag with its variable, its default and the commands that accept it. */
export function flagTable(): string {
  return table(
    ["flag", "variable", "default", "commands", "meaning"],
    FLAG_ROWS.map((flag) => [
      code(`--${flag.name}${flag.placeholder === undefined ? "" : `=${flag.placeholder}`}`),
      flag.isAction === true ? "" : code(variableOf(flag.name)),
      flag.default === undefined ? "" : code(String(flag.default)),
      flag.commands.length === COMMANDS.length ? "all" : flag.commands.map(code).join(", "),
      flag.isRepeatable === true ? `${flag.help}; repeatable` : flag.help,
    ]),
  );
}

/** Keys of a file with their defaults. */
export function keyTable(keys: readonly ConfigKey[]): string {
  return table(
    ["key", "default", "meaning"],
    keys.map(({ path, default: written = "", help }) => [
      code(path),
      written === "" ? "" : code(written),
      help,
    ]),
  );
}
