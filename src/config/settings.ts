import type { Command } from "./command.ts";
import { FILE_SETTINGS } from "./file-settings.ts";
import type { FlagSetting, KeySetting } from "./setting.ts";
import { listenAddresses } from "./values/listen-address.ts";
import { decimalNumber, duration, wholeNumber } from "./values/number.ts";
import { regions } from "./values/region.ts";
import { ruleLabels } from "./values/rule-label.ts";
import { SESSION_ORDERS, sessionOrder } from "./values/session-order.ts";
import { shardOrdinal, shardTotal } from "./values/shard.ts";
import { choice, plainText, trueOrFalse } from "./values/text.ts";
import { externalUrl, grafanaUrl, routePrefix, runbooksUrl, telemetryPath } from "./values/url.ts";
import { findDuplicates, list } from "./values/value.ts";
import { workgroups } from "./values/workgroup.ts";

const CONFIGURED: readonly Command[] = ["run", "once", "sessions", "check", "iam-policy"];
const POLLING: readonly Command[] = ["run", "once", "sessions", "check"];
const SERVING: readonly Command[] = ["run", "demo"];
const LINKING: readonly Command[] = [...SERVING, "rules"];

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Seconds are for tests and small fleets; less than this is a mistake. */
const SHORTEST_MS = 100;

const filePath = plainText("a file's path", 4_096, "FILE");
const LISTEN_HELP =
  "HOST:PORT to listen on, without a host all interfaces, or unix:///PATH for a Unix socket";
const STATES = ["CREATING", "CREATED", "IDLE", "BUSY", "TERMINATING", "DEGRADED", "UNKNOWN"] as const;
const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal"] as const;

/**
 * Every flag, variable and key of the configuration file, in the order in which help and documents show them. Parsing,
 * validation, help, suggestions and the tables of the documents follow from these rows.
 */
export const SETTINGS = [
  { flag: "config.file", kind: filePath, commands: CONFIGURED, help: "YAML file with the configuration" },
  {
    flag: "config.check",
    kind: trueOrFalse,
    commands: CONFIGURED,
    shownBy: ["run"],
    help: "validate the configuration without AWS, then exit with 0 or 2",
  },
  {
    flag: "aws.region",
    kind: regions,
    commands: CONFIGURED,
    help: "region to poll; AWS_REGION, the profile's or the instance's by default",
  },
  {
    flag: "athena.workgroup",
    kind: workgroups,
    commands: CONFIGURED,
    help: "workgroup to poll; every Spark workgroup by default",
  },
  { key: "poll", kind: "section", help: "polls and their API requests" },
  {
    flag: "poll.interval",
    key: "poll.interval",
    kind: duration(SHORTEST_MS, DAY_MS),
    default: "1m",
    commands: CONFIGURED,
    shownBy: ["run"],
    help: "how often each workgroup is polled",
  },
  {
    flag: "poll.interval",
    kind: duration(SHORTEST_MS, DAY_MS),
    default: "2s",
    commands: ["demo"],
    help: "how often each workgroup is polled; sessions are short-lived in the demo",
  },
  {
    key: "poll.timeout",
    kind: duration(SHORTEST_MS, 5 * MINUTE_MS),
    default: "10s",
    help: "longest time of one attempt of an API request",
  },
  {
    key: "poll.deadline",
    kind: duration(SHORTEST_MS, 60 * MINUTE_MS),
    default: "1m",
    help: "longest time of one workgroup's whole poll, pages and retries included; at least poll.timeout",
  },
  {
    key: "poll.concurrency",
    kind: wholeNumber(1, 200),
    default: 10,
    help: "API requests in flight in one account and region",
  },
  {
    key: "poll.rate_limit",
    kind: decimalNumber(0.01, 100_000),
    default: 5,
    help: "API requests a second in one account and region; each of N shards uses 1/N of it",
  },
  {
    key: "poll.reconcile_interval",
    kind: duration(SHORTEST_MS, DAY_MS),
    default: "10m",
    help: "longest time between two reconciliation listings of a workgroup, which find sessions that started and ended between two polls",
  },
  {
    key: "poll.stale_after",
    kind: duration(SHORTEST_MS, 7 * DAY_MS),
    default: "5m",
    help: "how long the samples of the last successful poll stay while polls fail",
  },
  ...FILE_SETTINGS,
  {
    flag: "web.listen-address",
    kind: listenAddresses,
    default: [":10284"],
    commands: ["run"],
    help: LISTEN_HELP,
  },
  {
    flag: "web.listen-address",
    kind: listenAddresses,
    default: ["127.0.0.1:10284"],
    commands: ["demo"],
    help: LISTEN_HELP,
  },
  {
    flag: "web.systemd-socket",
    kind: trueOrFalse,
    commands: ["run"],
    help: "listen on the sockets that systemd passes instead of --web.listen-address",
  },
  {
    flag: "web.config.file",
    kind: filePath,
    commands: SERVING,
    help: "YAML file with TLS, client certificates, basic authentication and a rate limit, in the format of Prometheus' exporter-toolkit",
  },
  {
    flag: "web.open-probes",
    kind: trueOrFalse,
    commands: SERVING,
    help: "answer /-/healthy and /-/ready without a password, as a kubelet sends none",
  },
  {
    flag: "web.external-url",
    kind: externalUrl,
    commands: SERVING,
    help: "URL at which browsers reach the exporter, such as that of a reverse proxy; its path is the default of --web.route-prefix, and other hosts are refused",
  },
  {
    flag: "web.route-prefix",
    kind: routePrefix,
    commands: SERVING,
    help: "path before all others, metrics and probes included; the path of --web.external-url by default",
  },
  {
    flag: "web.telemetry-path",
    kind: telemetryPath,
    default: "/metrics",
    commands: SERVING,
    help: "path under which metrics are served",
  },
  {
    flag: "web.max-requests",
    kind: wholeNumber(1, 10_000),
    default: 40,
    commands: SERVING,
    help: "maximum number of concurrent scrapes; further ones get 503",
  },
  {
    flag: "shard.ordinal",
    kind: shardOrdinal,
    default: "0",
    commands: POLLING,
    help: "ordinal of this shard, from 0; pod takes it from the end of the host name, as a StatefulSet names its pods",
  },
  {
    flag: "shard.total",
    kind: shardTotal,
    default: 1,
    commands: POLLING,
    help: "number of shards that divide the workgroups, and poll.rate_limit, among themselves",
  },
  { flag: "web.enable-lifecycle", kind: trueOrFalse, commands: ["run"], help: "allow POST /-/reload" },
  {
    flag: "web.grafana-url",
    kind: grafanaUrl,
    commands: LINKING,
    help: "URL of Grafana, such as https://grafana.example.net; the status page and the alerts then link to the dashboards",
  },
  {
    flag: "min-idle",
    kind: duration(0, 365 * DAY_MS),
    commands: ["sessions"],
    help: "list only sessions that have been idle for at least this long",
  },
  {
    flag: "state",
    kind: choice(STATES, "STATE", true),
    commands: ["sessions"],
    help: "list only sessions in this state",
  },
  {
    flag: "owner",
    kind: plainText("a part of a name or ARN", 2_048, "TEXT"),
    commands: ["sessions"],
    help: "list only sessions whose owner's name or ARN contains this; needs sessions.owners in the configuration file",
  },
  {
    flag: "sort",
    kind: sessionOrder,
    default: "urgency",
    commands: ["sessions"],
    help: `order of the sessions: ${SESSION_ORDERS.join(", ")}; a minus in front reverses it`,
  },
  {
    flag: "watch",
    kind: duration(SECOND_MS, DAY_MS),
    commands: ["sessions"],
    help: "list the sessions again and again, this often, until Ctrl-C",
  },
  {
    flag: "output",
    kind: choice(["table", "json", "csv", "commands"]),
    default: "table",
    commands: ["sessions"],
    help: "how to print the sessions; commands: an aws command for each, which terminates it",
  },
  {
    flag: "output",
    kind: choice(["text", "json"]),
    default: "text",
    commands: ["check"],
    help: "how to print the results",
  },
  {
    flag: "format",
    kind: choice(["prometheus", "operator"]),
    default: "prometheus",
    commands: ["rules"],
    help: "a rule file of Prometheus, or a PrometheusRule of its operator",
  },
  {
    flag: "label",
    kind: ruleLabels,
    commands: ["rules"],
    help: "label that every alert gets, for routing",
  },
  {
    flag: "metadata-label",
    kind: ruleLabels,
    commands: ["rules"],
    help: "label of the PrometheusRule with --format=operator, by which Prometheus selects it",
  },
  {
    flag: "runbooks-url",
    kind: runbooksUrl,
    commands: ["rules"],
    help: "URL of the folder with the runbooks, each as ALERT.md; the project's by default",
  },
  {
    flag: "without",
    kind: list(plainText("an alert's name", 64, "ALERT"), "alerts", 1, 50, findDuplicates),
    commands: ["rules"],
    help: "alert to leave out",
  },
  {
    flag: "output.file",
    kind: filePath,
    commands: ["once"],
    help: "write the metrics to this file by an atomic rename, instead of to stdout",
  },
  {
    flag: "log.level",
    kind: choice(LOG_LEVELS, "LEVEL"),
    default: "info",
    shownBy: SERVING,
    help: `lowest level to log: ${LOG_LEVELS.join(", ")}`,
  },
  {
    flag: "log.format",
    kind: choice(["auto", "pretty", "json"]),
    default: "auto",
    shownBy: SERVING,
    help: "format of the log on stderr; auto is pretty on a terminal, else json",
  },
  { flag: "version", kind: trueOrFalse, isAction: true, help: "print the version" },
  { flag: "help", kind: trueOrFalse, isAction: true, help: "print this help; also -h" },
] as const satisfies readonly (FlagSetting | KeySetting)[];
