/** A command, with the lines that `--help` shows. */
interface CommandRow {
  readonly name: string;
  readonly help: string;
  /** What is typed after the program's name. */
  readonly examples: readonly [string, string];
  /** What the command needs after its name. */
  readonly argument?: { readonly name: string; readonly words: readonly string[] };
}

/** What the program can be told to do. */
export const COMMANDS = [
  {
    name: "run",
    help: "poll and serve metrics until stopped (the default)",
    examples: [
      "run --aws.region=eu-west-1 --aws.region=us-east-1",
      "run --config.file=config.yaml --config.check",
    ],
  },
  {
    name: "demo",
    help: "run against a simulated Athena, without AWS or credentials",
    examples: ["demo", "demo --web.listen-address=127.0.0.1:8080"],
  },
  {
    name: "once",
    help: "poll every workgroup once and print the metrics, for cron and textfile collectors",
    examples: ["once --aws.region=eu-west-1", "once --output.file=/var/lib/node_exporter/athena.prom"],
  },
  {
    name: "sessions",
    help: "poll once and print a table of the active sessions",
    examples: ["sessions --state=idle --sort=age --watch=30s", "sessions --min-idle=4h --output=commands"],
  },
  {
    name: "check",
    help: "test the configuration against AWS and list the missing permissions",
    examples: ["check --aws.region=eu-west-1", "check --config.file=config.yaml --output=json"],
  },
  {
    name: "iam-policy",
    help: "print the minimum IAM policy for the configuration",
    examples: ["iam-policy --athena.workgroup=etl", "iam-policy --config.file=config.yaml"],
  },
  {
    name: "rules",
    help: "print the recording rules and alerts for Prometheus or its operator",
    examples: [
      "rules --web.grafana-url=https://grafana.example.net --label=team=data",
      "rules --format=operator --metadata-label=release=prometheus",
    ],
  },
  {
    name: "completion",
    help: "print a script that completes commands and flags in a shell",
    examples: ["completion bash", "completion fish"],
    argument: { name: "SHELL", words: ["bash", "zsh", "fish"] },
  },
] as const satisfies readonly CommandRow[];

export type Command = (typeof COMMANDS)[number]["name"];

export const COMMAND_NAMES: readonly Command[] = COMMANDS.map(({ name }) => name);

export function findCommand(name: Command): CommandRow | undefined {
  return COMMANDS.find((command) => command.name === name);
}
