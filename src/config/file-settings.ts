import type { KeySetting } from "./setting.ts";
import { accountId, externalId, organizationalUnit } from "./values/account.ts";
import { roleArn, roleName } from "./values/arn.ts";
import { decimalNumber, duration, findUnordered, wholeNumber, wholeSeconds } from "./values/number.ts";
import { regions } from "./values/region.ts";
import { choice, percentage, plainText, regularExpression, trueOrFalse } from "./values/text.ts";
import { findDuplicates, list, map } from "./values/value.ts";
import { findSameLabels, tagKey, tagValue, workgroups } from "./values/workgroup.ts";

const SECOND_MS = 1_000;
const DAY_MS = 24 * 3_600 * SECOND_MS;
/** Seconds are for tests and small fleets; less than this is a mistake. */
const SHORTEST_MS = 100;

const patterns = list(regularExpression, "regular expressions", 0, 100);
const threshold = wholeSeconds(SECOND_MS, 365 * DAY_MS);
const dailyCost = decimalNumber(0, 1_000_000);

/** How workgroups are discovered, of the mapping `section`. */
function discoverySettings<Section extends string>(section: Section) {
  return [
    {
      key: `${section}.include`,
      kind: patterns,
      default: [],
      help: "a workgroup's name must match one of these regular expressions; all by default",
    },
    {
      key: `${section}.exclude`,
      kind: patterns,
      default: [],
      help: "a workgroup's name must match none of these regular expressions",
    },
    {
      key: `${section}.tags`,
      kind: map(tagKey, tagValue, "tags", 50),
      help: 'a workgroup must have all of these tags, as `key: "value"`',
    },
    {
      key: `${section}.tag_labels`,
      kind: list(tagKey, "tags' keys", 0, 20, findSameLabels),
      default: [],
      help: "tags that become labels of athena_workgroup_info, `team` as `tag_team`",
    },
    {
      key: `${section}.interval`,
      kind: duration(SHORTEST_MS, DAY_MS),
      default: "5m",
      help: "how often workgroups are discovered",
    },
  ] as const satisfies readonly KeySetting[];
}

/** The keys of the configuration file that no flag beats: accounts, organization, sessions and pricing. Rows of SETTINGS. */
export const FILE_SETTINGS = [
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
  ...discoverySettings("accounts[].discovery"),
  {
    key: "organization",
    kind: "optional section",
    help: "polls the accounts of an organization of AWS, which are read every 30 minutes; entries of accounts take precedence",
  },
  {
    key: "organization.role_name",
    kind: roleName,
    default: "athena-session-exporter",
    help: "role to assume in each account, with its path if it has one; the process' own account needs none",
  },
  {
    key: "organization.external_id",
    kind: externalId,
    help: "external id that the trust policies of the roles require",
  },
  {
    key: "organization.role_arn",
    kind: roleArn,
    help: "role by which the organization is read, in its management account or a delegated administrator's; the process' own credentials by default",
  },
  {
    key: "organization.organizational_units",
    kind: list(organizationalUnit, "organizational units", 1, 100, findDuplicates),
    help: "organizational units or roots whose accounts are polled, nested ones included; the whole organization by default",
  },
  {
    key: "organization.exclude_accounts",
    kind: list(accountId, "accounts", 0, 1_000, findDuplicates),
    default: [],
    help: "accounts that are not polled",
  },
  {
    key: "organization.account_tags",
    kind: map(tagKey, tagValue, "tags", 50),
    help: 'an account must have all of these tags, as `key: "value"`; takes a request for each account',
  },
  {
    key: "organization.regions",
    kind: regions,
    help: "regions to poll in each account; AWS_REGION, the profile's or the instance's by default",
  },
  {
    key: "organization.discovery",
    kind: "optional section",
    help: "how workgroups are discovered in each account",
  },
  ...discoverySettings("organization.discovery"),
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
    help: "maximum number of sessions of one workgroup with per-session series; those that need action first",
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
    key: "sessions.owners",
    kind: choice(["off", "cloudtrail"]),
    default: "off",
    help: "where to look up who started and ended sessions; cloudtrail needs cloudtrail:LookupEvents",
  },
  {
    key: "sessions.started_by",
    kind: choice(["full", "session-name", "hash", "off"]),
    default: "session-name",
    help: "how owners are shown: ARN, name of the user or of the role's session, a hash of that name, or not at all",
  },
  {
    key: "quotas",
    kind: trueOrFalse,
    default: false,
    help: "whether AWS' quotas on DPUs are read once an hour; needs servicequotas:ListServiceQuotas and servicequotas:ListAWSDefaultServiceQuotas",
  },
  {
    key: "thresholds",
    kind: "section",
    help: "from when on a session, a cost or a quota needs action: for metrics, alerts, the status page and commands alike",
  },
  { key: "thresholds.idle", kind: threshold, default: "1h", help: "a session is IDLE for this long" },
  { key: "thresholds.degraded", kind: threshold, default: "5m", help: "a session is DEGRADED for this long" },
  {
    key: "thresholds.creating",
    kind: threshold,
    default: "10m",
    help: "a session is CREATING for this long",
  },
  {
    key: "thresholds.terminating",
    kind: threshold,
    default: "10m",
    help: "a session is TERMINATING for this long",
  },
  { key: "thresholds.busy", kind: threshold, default: "12h", help: "a session is BUSY for this long" },
  { key: "thresholds.age", kind: threshold, default: "24h", help: "a session started this long ago" },
  {
    key: "thresholds.idle_cost_usd_per_day",
    kind: dailyCost,
    default: 50,
    help: "the idle sessions of a workgroup cost this many US dollars within a day",
  },
  {
    key: "thresholds.quota",
    kind: percentage,
    default: "85%",
    help: "this share of a DPU quota of an account and region is in use",
  },
  {
    key: "thresholds.workgroups",
    kind: "section list",
    help: "other thresholds for some workgroups; the first entry that matches a workgroup applies, and a key that it lacks is as above",
  },
  {
    key: "thresholds.workgroups[].match",
    kind: regularExpression,
    help: "the workgroup's name matches this regular expression; any by default",
  },
  {
    key: "thresholds.workgroups[].tags",
    kind: map(tagKey, tagValue, "tags", 50),
    help: 'the workgroup has all of these tags, as `key: "value"`; discovery.tag_labels must name the keys',
  },
  { key: "thresholds.workgroups[].idle", kind: threshold, help: "as thresholds.idle" },
  { key: "thresholds.workgroups[].degraded", kind: threshold, help: "as thresholds.degraded" },
  { key: "thresholds.workgroups[].creating", kind: threshold, help: "as thresholds.creating" },
  { key: "thresholds.workgroups[].terminating", kind: threshold, help: "as thresholds.terminating" },
  { key: "thresholds.workgroups[].busy", kind: threshold, help: "as thresholds.busy" },
  { key: "thresholds.workgroups[].age", kind: threshold, help: "as thresholds.age" },
  {
    key: "thresholds.workgroups[].idle_cost_usd_per_day",
    kind: dailyCost,
    help: "as thresholds.idle_cost_usd_per_day",
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
] as const satisfies readonly KeySetting[];
