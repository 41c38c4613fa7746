import type { z } from "zod";
import { overlapFaults } from "./account-overlap.ts";
import { ACCOUNT_CHECKS, duplicateFaults, labelFaults, thresholdFaults } from "./cross-check.ts";
import { accountId, externalId, region, roleArn, workgroup } from "./aws-name.ts";
import { SESSION_LABELS } from "./config.ts";
import { duration } from "./duration.ts";
import { checkedItems, checkedKeys, flag, list, mapping, number, record, text } from "./schema-part.ts";
import { tagKey, tagLabelFaults, tagValue } from "./tag.ts";
import { choice, plainText, regularExpression, type ValueKind } from "./value-kind.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const DAY_MS = 24 * 60 * MINUTE_MS;

const names = (kind: ValueKind<string>, what: string, max: number) =>
  checkedItems(list(text(kind), what, 1, max), duplicateFaults);

/** Seconds are for tests and small fleets; less than this is a mistake. */
const SHORTEST_MS = 100;

const poll = mapping({
  interval: text(duration(SHORTEST_MS, DAY_MS)).prefault("1m").describe("how often each workgroup is polled"),
  timeout: text(duration(SHORTEST_MS, 5 * MINUTE_MS))
    .prefault("10s")
    .describe("longest time of one attempt of an API call"),
  deadline: text(duration(SHORTEST_MS, 60 * MINUTE_MS))
    .prefault("1m")
    .describe("longest time of one workgroup's whole poll, pages and retries included"),
  concurrency: number(1, 200, { whole: true })
    .prefault(10)
    .describe("API calls in flight in one account's region"),
  rate_limit: number(0.01, 100_000, { whole: false })
    .prefault(5)
    .describe("API calls a second in one account's region; each of N shards uses 1/N of it"),
  reconcile_interval: text(duration(SHORTEST_MS, DAY_MS))
    .prefault("10m")
    .describe("longest time between listings that find sessions which came and went between two polls"),
  stale_after: text(duration(SHORTEST_MS, 7 * DAY_MS))
    .prefault("5m")
    .describe("how long the last good samples of a failing workgroup stay"),
});

const discovery = mapping({
  include: list(text(regularExpression), "regular expressions", 0, 100)
    .prefault([])
    .describe("a workgroup's name must match one of these regular expressions; all by default"),
  exclude: list(text(regularExpression), "regular expressions", 0, 100)
    .prefault([])
    .describe("a workgroup's name must match none of these regular expressions"),
  tags: record(tagKey, tagValue, "tags", 50)
    .optional()
    .describe('a workgroup must have all of these tags, as `key: "value"`'),
  tag_labels: checkedItems(list(text(tagKey), "tags' keys", 0, 20), tagLabelFaults)
    .prefault([])
    .describe("tags that are labels of athena_workgroup_info, `team` as `tag_team`"),
  interval: text(duration(SHORTEST_MS, DAY_MS))
    .prefault("5m")
    .describe("how often workgroups are looked for"),
});

const accountKeys = mapping({
  name: text(plainText("a name", 128))
    .optional()
    .describe("a name for people; the label is the account's id"),
  role_arn: text(roleArn)
    .optional()
    .describe(
      "the role to assume; the process' own credentials by default; `{account_id}` stands for each of account_ids",
    ),
  account_ids: record(plainText("an account's name", 128), accountId, "accounts' names and ids", 1_000)
    .optional()
    .describe('accounts that have the role, as `name: "id"`'),
  external_id: text(externalId).optional().describe("the external id that the role asks for"),
  regions: names(region, "regions", 100)
    .optional()
    .describe("the regions to poll; AWS_REGION, the profile's or the instance's by default"),
  workgroups: names(workgroup, "workgroups", 1_000)
    .optional()
    .describe("the workgroups to poll; discovered by default"),
  discovery: discovery.optional().describe("how workgroups are discovered"),
});
const account = ACCOUNT_CHECKS.reduce(
  (schema, { keys, find }) => checkedKeys(schema, keys, find),
  accountKeys,
);

const perSession = mapping({
  enabled: flag().prefault(true).describe("whether sessions have series of their own"),
  limit: number(0, 10_000, { whole: true })
    .prefault(100)
    .describe(
      "sessions of one workgroup with series of their own; degraded, stuck and longest idle ones first",
    ),
  total_limit: number(0, 100_000, { whole: true })
    .prefault(10_000)
    .describe("sessions of all workgroups with series of their own"),
  labels: checkedItems(list(text(choice(SESSION_LABELS)), "labels", 0, 20), duplicateFaults)
    .prefault(["description"])
    .describe("labels of athena_session_info beside its own"),
});

const sessionKeys = mapping({
  idle_thresholds: checkedItems(
    list(text(duration(SECOND_MS, 365 * DAY_MS)), "durations", 0, 20),
    thresholdFaults,
  )
    .prefault(["15m", "1h", "4h"])
    .describe("athena_idle_sessions counts the sessions that are idle for at least each of these"),
  per_session: perSession.prefault({}).describe("series for single sessions"),
  details: flag()
    .prefault(false)
    .describe("whether GetSession is called for each new session and at its end: DPUs, idle timeout"),
});
const sessions = checkedKeys(sessionKeys, ["per_session", "details"], labelFaults);

/** The configuration file: names as users write them, durations in milliseconds once parsed. */
export const fileSchema = mapping({
  poll: poll.prefault({}).describe("when and how fast AWS is asked"),
  accounts: checkedItems(list(account, "accounts", 1, 1_000), overlapFaults)
    .optional()
    .describe("the accounts to poll; the process' own by default"),
  sessions: sessions.prefault({}).describe("what is shown of sessions"),
});

/** How workgroups are discovered where the file says nothing. */
export const DEFAULT_DISCOVERY: z.output<typeof discovery> = discovery.parse({});

/** A valid configuration file. */
export type ConfigFile = z.output<typeof fileSchema>;
/** A valid entry of `accounts`. */
export type AccountEntry = z.output<typeof account>;
