import { expect, test } from "vitest";
import { CONFIG_KEYS } from "../../src/config/file/config-file.ts";
import { parseConfigFile } from "../../src/config/file/parse-file.ts";
import { FLAGS } from "../../src/config/flags/flag.ts";
import { ORGANIZATION_FAMILIES } from "../../src/metrics/organization-families.ts";
import { ACCOUNT_FAMILIES } from "../../src/metrics/account-families.ts";
import { EXPORTER_FAMILIES } from "../../src/metrics/exporter-families.ts";
import { WORKGROUP_FAMILIES } from "../../src/metrics/workgroup-lines.ts";
import { DOCUMENTS, fencedCode, readDocument } from "./markdown.ts";

/** Dashboards and alerts depend on these names: none may be removed within a major version. */
const PROMISED_METRICS = [
  "athena_sessions",
  "athena_sessions_recently_ended",
  "athena_idle_sessions",
  "athena_sessions_longest_idle_seconds",
  "athena_sessions_combined_idle_seconds",
  "athena_sessions_oldest_age_seconds",
  "athena_idle_dpus",
  "athena_sessions_without_owner",
  "athena_idle_dpu_seconds_total",
  "athena_session_seconds_total",
  "athena_sessions_started_total",
  "athena_sessions_ended_total",
  "athena_sessions_degraded_total",
  "athena_session_startup_seconds",
  "athena_session_duration_seconds",
  "athena_session_idle_before_end_seconds",
  "athena_session_info",
  "athena_session_start_timestamp_seconds",
  "athena_session_state_since_timestamp_seconds",
  "athena_session_max_dpus",
  "athena_session_idle_timeout_seconds",
  "athena_ended_dpu_seconds_total",
  "athena_sessions_omitted",
  "athena_workgroup_info",
  "athena_workgroup_up",
  "athena_workgroup_failing",
  "athena_workgroup_last_success_timestamp_seconds",
  "athena_workgroup_poll_interval_seconds",
  "athena_workgroup_poll_duration_seconds",
  "athena_workgroup_polls_total",
  "athena_workgroup_poll_failures_total",
  "athena_workgroup_listings_truncated_total",
  "athena_account_up",
  "athena_account_failing",
  "athena_account_last_success_timestamp_seconds",
  "athena_account_workgroups",
  "athena_account_dpu_quota",
  "athena_account_active_dpus",
  "athena_exporter_api_requests_total",
  "athena_exporter_api_request_failures_total",
  "athena_exporter_api_request_duration_seconds",
  "athena_exporter_polls_skipped_total",
  "athena_exporter_api_rate_limit",
  "athena_dpu_hour_price_usd",
  "athena_sessions_over_threshold",
  "athena_threshold_seconds",
  "athena_threshold_daily_idle_cost_usd",
  "athena_threshold_quota_ratio",
  "athena_exporter_shard_ordinal",
  "athena_exporter_total_shards",
  "athena_exporter_config_last_reload_successful",
  "athena_exporter_config_last_reload_success_timestamp_seconds",
  "athena_exporter_build_info",
];

const PROMISED_FLAGS = [
  "config.file",
  "config.check",
  "aws.region",
  "athena.workgroup",
  "poll.interval",
  "web.listen-address",
  "web.external-url",
  "web.route-prefix",
  "web.telemetry-path",
  "web.max-requests",
  "web.enable-lifecycle",
  "shard.ordinal",
  "shard.total",
  "min-idle",
  "state",
  "output",
  "output.file",
  "log.level",
  "log.format",
  "version",
  "help",
];

const families = [
  ...WORKGROUP_FAMILIES,
  ...ACCOUNT_FAMILIES,
  ...ORGANIZATION_FAMILIES,
  ...Object.values(EXPORTER_FAMILIES),
];
const metricNames = families.map(({ name }) => name);

test("every promised metric and flag exists", () => {
  expect(metricNames).toEqual(expect.arrayContaining(PROMISED_METRICS));
  expect(FLAGS.map(({ name }) => name)).toEqual(expect.arrayContaining(PROMISED_FLAGS));
});

test.each(DOCUMENTS)("every metric named in %s exists", (document) => {
  const words = readDocument(document).match(/\bathena_[a-z_]+/g) ?? [];
  const samples = words.map((word) => word.replace(/_(?:bucket|count|sum)$/, ""));
  const known = new Set([...metricNames, ...metricNames.map((name) => name.replace(/_total$/, ""))]);
  // A word that ends in an underscore stands for a group of names, as in athena_exporter_*.
  expect(samples.filter((name) => !name.endsWith("_") && !known.has(name))).toEqual([]);
});

test.each(DOCUMENTS)("every configuration in %s is valid", (document) => {
  const top = CONFIG_KEYS.filter(({ path }) => !path.includes(".")).map(({ path }) => path);
  const examples = fencedCode(readDocument(document), "yaml").filter((yaml) =>
    top.some((key) => yaml.startsWith(`${key}:`)),
  );
  for (const yaml of examples) expect(parseConfigFile(document, yaml)).toHaveProperty("file");
});

test.each(DOCUMENTS)("every JSON block in %s is valid", (document) => {
  for (const json of fencedCode(readDocument(document), "json")) {
    expect(() => JSON.parse(json) as unknown).not.toThrow();
  }
});
