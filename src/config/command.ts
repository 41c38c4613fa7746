import { suggestion } from "./nearest.ts";

/** What the program can be told to do, with the line that `--help` shows. */
export const COMMANDS = [
  { name: "run", help: "poll and serve metrics until stopped (the default)" },
  { name: "demo", help: "the same against a simulator of Athena, without AWS or credentials" },
  { name: "once", help: "poll every workgroup once and print the metrics, for cron and textfile collectors" },
  { name: "sessions", help: "poll once and print a table of the living sessions" },
  { name: "check", help: "try the configuration against AWS and say which permissions are missing" },
  { name: "iam-policy", help: "print the least IAM policy that the configuration needs" },
] as const;

export type Command = (typeof COMMANDS)[number]["name"];

export const COMMAND_NAMES: readonly Command[] = COMMANDS.map(({ name }) => name);

/** The command of that name, or undefined. */
export function findCommand(name: string): Command | undefined {
  return COMMAND_NAMES.find((known) => known === name);
}

/** Why `name` is no command. */
export function unknownCommand(name: string): string {
  return `unknown command; ${suggestion(name, COMMAND_NAMES)}`;
}
