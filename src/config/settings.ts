import type { Command } from "./command.ts";
import type { FlagSetting, KeySetting } from "./setting.ts";
import { accountId, externalId } from "./values/account.ts";
import { roleArn } from "./values/arn.ts";
import { listenAddresses } from "./values/listen-address.ts";
import { decimalNumber, duration, findUnordered, wholeNumber, wholeSeconds } from "./values/number.ts";
import { region } from "./values/region.ts";
import { SESSION_ORDERS, sessionOrder } from "./values/session-order.ts";
import { shardOrdinal, shardTotal } from "./values/shard.ts";
import { choice, plainText, regularExpression, trueOrFalse } from "./values/text.ts";
import { grafanaUrl, telemetryPath } from "./values/url.ts";
import { findDuplicates, list, map } from "./values/value.ts";
import { findSameLabels, tagKey, tagValue, workgroup } from "./values/workgroup.ts";

const CONFIGURED: readonly Command[] = ["run", "once", "sessions", "check", "iam-policy"];
const POLLING: readonly Command[] = ["run", "once", "sessions", "check"];
const SERVING: readonly Command[] = ["run", "demo"];

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Seconds are for tests and small fleets; less than this is a mistake. */
const SHORTEST_MS = 100;

const filePath = plainText("a file's path", 4_096, "FILE");
const regions = list(region, "regions", 1, 100, findDuplicates);
const workgroups = list(workgroup, "workgroups", 1, 1_000, findDuplicates);
const patterns = list(regularExpression, "regular expressions", 0, 100);
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
  {
    key: "accounts",
    kind: "section list",
    help: "accounts to poll; the process' own by default",
  },
  {
    key: "accounts[].name",
    kind: plainText("a name", 128),
    help: "a display name, the label account_name; the account's id stays the label aws_account_id",
  },
  {
    key: "accounts[].role_arn",
    kind: roleArn,
    help: "role to assume; the process' own credentials by default; `{account_id}` stands for each of account_ids",
  },
  {
    key: "accounts[].account_ids",
    kind: map(plainText("an account's name", 128), accountId, "accounts' names and ids", 1_000),
    help: 'accounts that have the role, as `name: "id"`',
  },
  {
    key: "accounts[].external_id",
    kind: externalId,
    help: "external id that the role's trust policy requires",
  },
  {
    key: "accounts[].regions",
    kind: regions,
    help: "regions to poll; AWS_REGION, the profile's or the instance's by default",
  },
  { key: "accounts[].workgroups", kind: workgroups, help: "workgroups to poll; discovered by default" },
  { key: "accounts[].discovery", kind: "optional section", help: "how workgroups are discovered" },
  {
    key: "accounts[].discovery.include",
    kind: patterns,
    default: [],
    help: "a workgroup's name must match one of these regular expressions; all by default",
  },
  {
    key: "accounts[].discovery.exclude",
    kind: patterns,
    default: [],
    help: "a workgroup's name must match none of these regular expressions",
  },
  {
    key: "accounts[].discovery.tags",
    kind: map(tagKey, tagValue, "tags", 50),
    help: 'a workgroup must have all of these tags, as `key: "value"`',
  },
  {
    key: "accounts[].discovery.tag_labels",
    kind: list(tagKey, "tags' keys", 0, 20, findSameLabels),
    default: [],
    help: "tags that become labels of athena_workgroup_info, `team` as `tag_team`",
  },
  {
    key: "accounts[].discovery.interval",
    kind: duration(SHORTEST_MS, DAY_MS),
    default: "5m",
    help: "how often workgroups are discovered",
  },
  { key: "sessions", kind: "section", help: "metrics of sessions" },
  {
    key: "sessions.idle_thresholds",
    kind: list(wholeSeconds(SECOND_MS, 365 * DAY_MS), "durations", 0, 20, findUnordered),
    default: ["15m", "1h", "4h"],
    help: "athena_idle_sessions counts the sessions that are idle for at least each of these",
  },
  { key: "sessions.per_session", kind: "section", help: "per-session series" },
  {
    key: "sessions.per_session.enabled",
    kind: trueOrFalse,
    default: true,
    help: "whether there are per-session series",
  },
  {
    key: "sessions.per_session.limit",
    kind: wholeNumber(0, 10_000),
    default: 100,
    help: "maximum number of sessions of one workgroup with per-session series; degraded, stuck and longest idle sessions first",
  },
  {
    key: "sessions.per_session.total_limit",
    kind: wholeNumber(0, 100_000),
    default: 10_000,
    help: "maximum number of sessions of all workgroups with per-session series; the same sessions first",
  },
  {
    key: "sessions.per_session.labels",
    kind: list(choice(["description", "execution_role"]), "labels", 0, 20, findDuplicates),
    default: ["description"],
    help: "additional labels of athena_session_info",
  },
  {
    key: "sessions.details",
    kind: trueOrFalse,
    default: false,
    help: "whether GetSession is called for each new session and at its end, for DPUs and idle timeout",
  },
  {
    key: "sessions.durations",
    kind: trueOrFalse,
    default: true,
    help: "whether there are histograms of how long sessions take to start, live, and are idle before they end; 48 series of each workgroup",
  },
  {
    key: "pricing",
    kind: "section",
    help: "what AWS charges, for costs in metrics, on the status page and in commands",
  },
  {
    key: "pricing.dpu_hour_usd",
    kind: decimalNumber(0, 1_000),
    default: 0.35,
    help: "price of a DPU-hour in US dollars; it differs by region, and a discount lowers it",
  },
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
    commands: SERVING,
    help: "URL of Grafana, such as https://grafana.example.net; the status page then links to the dashboards",
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
