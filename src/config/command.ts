/** What the program can be told to do, with the line that `--help` shows. */
export const COMMANDS = [
  { name: "run", help: "poll and serve metrics until stopped (the default)" },
  { name: "demo", help: "run against a simulated Athena, without AWS or credentials" },
  { name: "once", help: "poll every workgroup once and print the metrics, for cron and textfile collectors" },
  { name: "sessions", help: "poll once and print a table of the active sessions" },
  { name: "check", help: "test the configuration against AWS and list the missing permissions" },
  { name: "iam-policy", help: "print the minimum IAM policy for the configuration" },
] as const;

export type Command = (typeof COMMANDS)[number]["name"];

export const COMMAND_NAMES: readonly Command[] = COMMANDS.map(({ name }) => name);
