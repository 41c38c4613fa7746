import { region, workgroup } from "./aws-name.ts";
import { COMMAND_NAMES, type Command } from "./command.ts";
import { LOG_FORMATS, LOG_LEVELS } from "./config.ts";
import { duration } from "./duration.ts";
import { grafanaUrl } from "./grafana-url.ts";
import { listenAddress, telemetryPath } from "./listen-address.ts";
import { shardOrdinal, shardTotal } from "./shard.ts";
import { choice, plainText, wholeNumber, yesOrNo, type ValueKind } from "./value-kind.ts";

/** One flag of the command line, which is an environment variable too unless it is an action. */
export interface Flag {
  /** Without the dashes. Two rows may share a name if no command takes both. */
  readonly name: string;
  readonly kind: ValueKind<unknown>;
  /** What stands for the value in `--help`; absent for a flag that takes none. */
  readonly placeholder?: string;
  readonly default?: string;
  /** The key of the file that the flag beats; the default is then that key's. */
  readonly overrides?: string;
  readonly isRepeatable?: true;
  /** Something to do in place of the command, and no setting: it has no variable. */
  readonly isAction?: true;
  readonly commands: readonly Command[];
  readonly help: string;
}

/** States of the sessions that `sessions` lists, as the metric athena_sessions names them. */
export const LISTED_STATES = [
  "CREATING",
  "CREATED",
  "IDLE",
  "BUSY",
  "TERMINATING",
  "DEGRADED",
  "UNKNOWN",
] as const;

const SERVING: readonly Command[] = ["run", "demo"];
const CONFIGURED: readonly Command[] = ["run", "once", "sessions", "check", "iam-policy"];
const POLLING: readonly Command[] = ["run", "once", "sessions", "check"];
const DAY_MS = 24 * 3_600_000;

/** Every flag: what parses them, prints `--help` and makes the tables of the documents. */
export const FLAGS = [
  {
    name: "config.file",
    kind: plainText("a file's path", 4_096),
    placeholder: "FILE",
    commands: CONFIGURED,
    help: "YAML file with the configuration",
  },
  {
    name: "config.check",
    kind: yesOrNo,
    commands: CONFIGURED,
    help: "validate the configuration without asking AWS, then exit with 0 or 2",
  },
  {
    name: "aws.region",
    kind: region,
    placeholder: "REGION",
    isRepeatable: true,
    commands: CONFIGURED,
    help: "region to poll; AWS_REGION, the profile's or the instance's by default",
  },
  {
    name: "athena.workgroup",
    kind: workgroup,
    placeholder: "NAME",
    isRepeatable: true,
    commands: CONFIGURED,
    help: "workgroup to poll; every Spark workgroup by default",
  },
  {
    name: "poll.interval",
    kind: duration(100, DAY_MS),
    placeholder: "DURATION",
    default: "1m",
    overrides: "poll.interval",
    commands: CONFIGURED,
    help: "how often each workgroup is polled",
  },
  {
    name: "poll.interval",
    kind: duration(100, DAY_MS),
    placeholder: "DURATION",
    default: "2s",
    commands: ["demo"],
    help: "how often each workgroup is polled; lives are short in the demo",
  },
  {
    name: "web.listen-address",
    kind: listenAddress,
    placeholder: "ADDRESS",
    default: ":10284",
    isRepeatable: true,
    commands: ["run"],
    help: "HOST:PORT to serve on; without a host, all interfaces",
  },
  {
    name: "web.listen-address",
    kind: listenAddress,
    placeholder: "ADDRESS",
    default: "127.0.0.1:10284",
    isRepeatable: true,
    commands: ["demo"],
    help: "HOST:PORT to serve on; without a host, all interfaces",
  },
  {
    name: "web.telemetry-path",
    kind: telemetryPath,
    placeholder: "PATH",
    default: "/metrics",
    commands: SERVING,
    help: "path under which metrics are served",
  },
  {
    name: "web.max-requests",
    kind: wholeNumber(1, 10_000),
    placeholder: "NUMBER",
    default: "40",
    commands: SERVING,
    help: "scrapes served at a time; 503 over that",
  },
  {
    name: "shard.ordinal",
    kind: shardOrdinal,
    placeholder: "NUMBER|pod",
    default: "0",
    commands: POLLING,
    help: "which of the shards this is, from 0; pod takes it from the end of the host's name, as a StatefulSet's pods are named",
  },
  {
    name: "shard.total",
    kind: shardTotal,
    placeholder: "NUMBER",
    default: "1",
    commands: POLLING,
    help: "exporters that share the workgroups, and poll.rate_limit, among themselves",
  },
  {
    name: "web.enable-lifecycle",
    kind: yesOrNo,
    commands: ["run"],
    help: "allow POST /-/reload",
  },
  {
    name: "web.grafana-url",
    kind: grafanaUrl,
    placeholder: "URL",
    commands: SERVING,
    help: "where Grafana is, such as https://grafana.example.net; the page at / then links to the dashboards",
  },
  {
    name: "min-idle",
    kind: duration(0, 365 * DAY_MS),
    placeholder: "DURATION",
    commands: ["sessions"],
    help: "list only sessions that are idle for at least this long",
  },
  {
    name: "state",
    kind: choice(LISTED_STATES),
    placeholder: "STATE",
    commands: ["sessions"],
    help: "list only sessions in this state",
  },
  {
    name: "output",
    kind: choice(["table", "json"]),
    placeholder: "table|json",
    default: "table",
    commands: ["sessions"],
    help: "how to print the sessions",
  },
  {
    name: "output",
    kind: choice(["text", "json"]),
    placeholder: "text|json",
    default: "text",
    commands: ["check"],
    help: "how to print the findings",
  },
  {
    name: "output.file",
    kind: plainText("a file's path", 4_096),
    placeholder: "FILE",
    commands: ["once"],
    help: "write the metrics there by an atomic rename, instead of to stdout",
  },
  {
    name: "log.level",
    kind: choice(LOG_LEVELS),
    placeholder: "LEVEL",
    default: "info",
    commands: COMMAND_NAMES,
    help: `least level to log: ${LOG_LEVELS.join(", ")}`,
  },
  {
    name: "log.format",
    kind: choice(LOG_FORMATS),
    placeholder: LOG_FORMATS.join("|"),
    default: "auto",
    commands: COMMAND_NAMES,
    help: "how to log to stderr; auto is pretty on a terminal, else json",
  },
  { name: "version", kind: yesOrNo, isAction: true, commands: COMMAND_NAMES, help: "print the version" },
  { name: "help", kind: yesOrNo, isAction: true, commands: COMMAND_NAMES, help: "print this help; also -h" },
] as const satisfies readonly Flag[];

type Row = (typeof FLAGS)[number];
type FlagName = Row["name"];

type ItemOf<R extends Row> = R["kind"] extends ValueKind<infer T> ? T : never;
type ValueOf<R extends Row> = R extends { isRepeatable: true } ? readonly ItemOf<R>[] : ItemOf<R>;
/** With a default there is always a value, except where leaving the flag out leaves the file's. */
type Absent<R extends Row> = R extends { overrides: string }
  ? undefined
  : R extends { default: string }
    ? never
    : undefined;

/** The flags' values by name, from the command line, the environment or the default. */
export type FlagValues = {
  readonly [N in FlagName]: ValueOf<Extract<Row, { name: N }>> | Absent<Extract<Row, { name: N }>>;
};

/** `--web.listen-address` is `ATHENA_EXPORTER_WEB_LISTEN_ADDRESS`. */
export function variableOf(flagName: string): string {
  return `${VARIABLE_PREFIX}${flagName.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_")}`;
}

export const VARIABLE_PREFIX = "ATHENA_EXPORTER_";
/** Holds the text of the configuration file where none can be mounted. */
export const CONFIG_CONTENT_VARIABLE = `${VARIABLE_PREFIX}CONFIG_CONTENT`;

/** Whether the command takes the flag. */
export function takes(command: Command, flag: Flag): boolean {
  return flag.commands.includes(command);
}

/** The row of that name which the command takes, or else any row of that name. */
export function findFlag(command: Command, name: string): Flag | undefined {
  const rows: readonly Flag[] = FLAGS.filter((flag) => flag.name === name);
  return rows.find((flag) => takes(command, flag)) ?? rows[0];
}
