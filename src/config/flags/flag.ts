import type { z } from "zod";
import { COMMAND_NAMES, type Command } from "../command.ts";
import type { FlagSetting } from "../setting.ts";
import { SETTINGS } from "../settings.ts";
import { FLAG_TRAITS, type FlagTraits } from "../values/value.ts";

/** A flag's row with what its kind of value means for flags. */
export interface Flag extends FlagSetting, FlagTraits {
  /** Without the dashes. */
  readonly name: string;
  readonly commands: readonly Command[];
}

type FlagRow = Extract<(typeof SETTINGS)[number], { flag: string }>;
type RowsNamed<Name> = Extract<FlagRow, { flag: Name }>;
/** With a default there is always a value, except where leaving the flag out leaves the file's. */
type Absent<Row> = Row extends { key: string }
  ? undefined
  : Row extends { default: unknown }
    ? never
    : undefined;

/** The flags' values by name, from the command line, the environment or the default. */
export type FlagValues = {
  readonly [Name in FlagRow["flag"]]: z.output<RowsNamed<Name>["kind"]> | Absent<RowsNamed<Name>>;
};

/** Every flag, in the order in which `--help` and the documents show them. */
export const FLAGS: readonly Flag[] = SETTINGS.flatMap((row) =>
  "flag" in row ? [{ commands: COMMAND_NAMES, ...row, ...FLAG_TRAITS.get(row.kind), name: row.flag }] : [],
);

export const VARIABLE_PREFIX = "ATHENA_EXPORTER_";
/** Holds the text of the configuration file where none can be mounted. */
export const CONFIG_CONTENT_VARIABLE = `${VARIABLE_PREFIX}CONFIG_CONTENT`;

/** `--web.listen-address` is `ATHENA_EXPORTER_WEB_LISTEN_ADDRESS`. */
export function variableOf(flagName: string): string {
  return `${VARIABLE_PREFIX}${flagName.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_")}`;
}

/** Whether the command accepts the flag. */
export function acceptsFlag(command: Command, flag: Flag): boolean {
  return flag.commands.includes(command);
}

/** Whether the flag matters to the command, so that its help shows it. */
export function showsFlag(command: Command, flag: Flag): boolean {
  return acceptsFlag(command, flag) && (flag.shownBy ?? flag.commands).includes(command);
}

/** The flag of that name which the command accepts, or else any flag of that name. */
export function findFlag(command: Command, name: string): Flag | undefined {
  const named = FLAGS.filter((flag) => flag.name === name);
  return named.find((flag) => acceptsFlag(command, flag)) ?? named[0];
}
