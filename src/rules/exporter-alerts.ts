import { REGION, WORKGROUP } from "./labels.ts";
import { lines, seriesCheck, type AlertingRule } from "./rule.ts";
import {
  ACCOUNT_REASONS,
  ORGANIZATION_REASONS,
  valuesIn,
  WORKGROUP_PLACE,
  WORKGROUP_REASONS,
} from "./texts.ts";

/** Targets that have been an exporter and cannot be scraped: jobs like kubernetes-pods have other targets too. */
const DOWN = "up == 0 and on (job, instance) last_over_time(athena_exporter_build_info[1d])";
const ORDINAL = "athena_exporter_shard_ordinal";
const TOTAL = "athena_exporter_total_shards";

/** The alerts on workgroups, accounts and the API: whether the figures can be trusted, and what the quota leaves. */
export const READING_ALERTS: readonly AlertingRule[] = [
  {
    alert: "AthenaQuotaNearlyUsed",
    expr: lines(
      // The sum over shards, whether one or two exporters run for each.
      `avg by (${REGION}, quota) (athena_account_active_dpus)`,
      `* scalar(max(${TOTAL}) or vector(1))`,
      `/ max by (${REGION}, quota) (athena_account_dpu_quota)`,
      ">= scalar(max(athena_threshold_quota_ratio))",
    ),
    for: "5m",
    keepFiringFor: "15m",
    severity: "warning",
    summary:
      "{{ $value | humanizePercentage }} of the quota {{ $labels.quota }} is in use in AWS account {{ $labels.aws_account_id }}, region {{ $labels.aws_region }}",
    description:
      "Once it is used up, no session starts in this account and region. End sessions that nobody needs, or request a higher quota in AWS Service Quotas. List the longest idle: athena-session-exporter sessions --state=idle --sort=idle",
    dashboard: "account",
    disabledChecks: ["athena_account_active_dpus", "athena_account_dpu_quota"].map(seriesCheck),
  },
  {
    alert: "AthenaWorkgroupNotFound",
    expr: `max by (${WORKGROUP}) (athena_workgroup_failing{reason="not_found"}) > 0`,
    for: "30m",
    keepFiringFor: "15m",
    severity: "warning",
    summary: "Athena workgroup {{ $labels.workgroup }} is configured and does not exist",
    description: `For 30 minutes Athena has not known ${WORKGROUP_PLACE}. A workgroup that was discovered and then deleted is dropped by the next discovery, so this one is named in the configuration: correct its name, its region or its account, or remove it.`,
    dashboard: "workgroup",
    disabledChecks: [seriesCheck("athena_workgroup_failing")],
  },
  {
    alert: "AthenaWorkgroupUnreadable",
    // One that has not been polled yet has no athena_workgroup_failing, and one that does not exist is not in the record.
    expr: lines("workgroup:athena_workgroup_up:max == 0", `and on (${WORKGROUP}) athena_workgroup_failing`),
    for: "10m",
    keepFiringFor: "15m",
    severity: "warning",
    summary: `Athena workgroup {{ $labels.workgroup }} cannot be polled:${WORKGROUP_REASONS}`,
    description: `For 10 minutes no exporter has been able to poll ${WORKGROUP_PLACE}. The reason is:${WORKGROUP_REASONS}. The exporter's status page says which permission to grant or what else to do. Until a poll succeeds, alerts on sessions of this workgroup detect no new problems.`,
    dashboard: "workgroup",
    disabledChecks: [seriesCheck("athena_workgroup_failing")],
  },
  {
    alert: "AthenaWorkgroupStale",
    // Where the rate limit makes the planned poll interval longer than configured, three planned intervals are allowed.
    expr: lines(
      `time() - max by (${WORKGROUP}) (athena_workgroup_last_success_timestamp_seconds > 0)`,
      `> clamp_min(3 * max by (${WORKGROUP}) (athena_workgroup_poll_interval_seconds), 600)`,
      "and workgroup:athena_workgroup_up:max",
    ),
    for: "5m",
    keepFiringFor: "15m",
    severity: "warning",
    summary:
      "The metrics of Athena workgroup {{ $labels.workgroup }} are {{ $value | humanizeDuration }} old",
    description: `The last successful poll of ${WORKGROUP_PLACE} was {{ $value | humanizeDuration }} ago, and the series of its sessions have been withdrawn. Alerts on its sessions detect no new problems, and keep firing for sessions that may have ended.`,
    dashboard: "workgroup",
  },
  {
    alert: "AthenaAccountUnreadable",
    expr: `max by (${REGION}) (athena_account_up) == 0`,
    for: "10m",
    keepFiringFor: "15m",
    severity: "warning",
    summary: `AWS account {{ or $labels.aws_account_id "(not yet known)" }} in {{ $labels.aws_region }} cannot be read:${ACCOUNT_REASONS}`,
    description: `For 10 minutes the credentials or the discovery of workgroups have failed for this account and region. The reason is:${ACCOUNT_REASONS}. At most the workgroups that were discovered before are polled. To find the missing permission, run: athena-session-exporter check`,
    dashboard: "account",
  },
  {
    alert: "AthenaOrganizationUnreadable",
    expr: "max by (job) (athena_organization_up) == 0",
    for: "15m",
    severity: "warning",
    summary: `The accounts of the AWS organization cannot be read:${ORGANIZATION_REASONS}`,
    description: `For 15 minutes the exporters of job {{ $labels.job }} could not read which accounts the organization has. The reason is:${ORGANIZATION_REASONS}. Accounts that were known are still polled, and new ones are not found; an exporter that was started meanwhile polls none. To find the missing permission, run: athena-session-exporter check`,
    dashboard: "health",
    disabledChecks: [seriesCheck("athena_organization_up")],
  },
  {
    alert: "AthenaApiThrottled",
    expr: lines(
      `sum by (${REGION}) (account_region:athena_exporter_api_request_failures:rate5m{reason="throttled"})`,
      "/ account_region:athena_exporter_api_requests:rate5m > 0.05",
    ),
    for: "15m",
    keepFiringFor: "15m",
    severity: "warning",
    summary:
      "AWS throttles {{ $value | humanizePercentage }} of the exporter's API requests in account {{ $labels.aws_account_id }}, region {{ $labels.aws_region }}",
    description:
      "The exporter and the other clients of Athena together exceed the request quota of this account and region, so other clients may be throttled as well. Lower poll.rate_limit, increase poll.interval, or find the other clients.",
    dashboard: "account",
  },
  {
    alert: "AthenaSessionsOmitted",
    expr: `max by (${WORKGROUP}) (athena_sessions_omitted) > 0`,
    for: "30m",
    keepFiringFor: "15m",
    severity: "info",
    summary: "Sessions of Athena workgroup {{ $labels.workgroup }} omitted because of a limit: {{ $value }}",
    description: `Active sessions of ${WORKGROUP_PLACE} exceed sessions.per_session.limit or total_limit. Omitted sessions have no per-session series, so that alerts and tables do not name them, but they are included in all counts. Those that need action are omitted last.`,
    dashboard: "workgroup",
  },
  {
    alert: "AthenaListingsTruncated",
    expr: lines(
      `max by (${WORKGROUP}) (increase(athena_workgroup_listings_truncated_total[1h])) > 0`,
      "and workgroup:athena_workgroup_up:max",
    ),
    keepFiringFor: "15m",
    severity: "info",
    summary: "The life-cycle counters of Athena workgroup {{ $labels.workgroup }} may be incomplete",
    description: `Within the last hour a reconciliation listing of ${WORKGROUP_PLACE} stopped at its page limit, because too many sessions had ended. Sessions that started and ended between two polls may be missing from athena_sessions_started_total and athena_sessions_ended_total. Metrics of active sessions are complete.`,
    dashboard: "workgroup",
  },
];

/** The alerts on the exporters themselves. */
export const EXPORTER_ALERTS: readonly AlertingRule[] = [
  {
    alert: "AthenaExporterDown",
    expr: `count by (job) (${DOWN})`,
    for: "5m",
    severity: "warning",
    summary:
      "Instances of athena-session-exporter in job {{ $labels.job }} that cannot be scraped: {{ $value }}",
    description: `Prometheus has not been able to scrape {{ range printf "${DOWN.replace("up ==", "up{job=%q} ==")}" $labels.job | query | sortByLabel "instance" }}{{ .Labels.instance }} {{ end }}for 5 minutes. Workgroups that no other exporter polls are not monitored, and alerts on them detect no problems.`,
    dashboard: "health",
  },
  {
    alert: "AthenaExporterAbsent",
    // A Prometheus that has not seen an exporter in the last day need not have one.
    expr: lines(
      "absent(athena_exporter_build_info)",
      "and on () count(last_over_time(athena_exporter_build_info[1d]))",
    ),
    for: "5m",
    severity: "warning",
    summary: "No athena-session-exporter is scraped by this Prometheus any more",
    description:
      "For 5 minutes no exporter has been scraped, though one was within the last day: it is not running, not reachable, or no longer among the scrape targets. No Athena session is monitored, and alerts on sessions detect no problems.",
    dashboard: "health",
  },
  {
    alert: "AthenaShardMissing",
    // Too few ordinals, or shards with different totals, as after an incomplete rollout.
    expr: lines(
      `count by (job) (count_values by (job) ("ordinal", ${ORDINAL})) < max by (job) (${TOTAL})`,
      "or",
      `count by (job) (count_values by (job) ("total", ${TOTAL})) > 1`,
    ),
    for: "10m",
    severity: "warning",
    summary: "Shards of athena-session-exporter are missing in job {{ $labels.job }}",
    description: `Shard ordinals in use:${valuesIn(ORDINAL, "ordinal")}. Totals in use:${valuesIn(TOTAL, "total")}. Each workgroup belongs to one shard: workgroups of a missing shard are not polled, and with more than one total in use some workgroups may belong to no shard.`,
    dashboard: "health",
  },
  {
    alert: "AthenaShardDoubled",
    expr: `count by (job) (count_values by (job) ("ordinal", ${ORDINAL}) > 1)`,
    for: "15m",
    severity: "warning",
    summary: "Two exporters of job {{ $labels.job }} poll the same Athena workgroups",
    description: `They have the same shard ordinal:${valuesIn(ORDINAL, "ordinal", " > 1")}. Metrics and alerts stay correct, but every API request is made twice and counts twice against the account's quota.`,
    dashboard: "health",
  },
  {
    alert: "AthenaConfigReloadFailed",
    expr: "count by (job) (athena_exporter_config_last_reload_successful == 0)",
    for: "5m",
    severity: "warning",
    summary:
      "Instances of athena-session-exporter in job {{ $labels.job }} that could not reload the configuration: {{ $value }}",
    description:
      "The configuration file has an error. The exporter keeps its previous configuration, but it would not start with this file. Its log, and athena-session-exporter --config.check, show each error with its place.",
    dashboard: "health",
  },
];
