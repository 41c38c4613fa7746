import { ACCOUNT_LABELS } from "./family.ts";
import type { MetricType } from "./text.ts";

/** A row of the exporter's own metrics; a prom-client registry holds their values. */
export interface ExporterFamily {
  readonly name: string;
  readonly type: MetricType;
  readonly help: string;
  readonly labels: readonly string[];
}

/** The exporter's own metrics, less prom-client's defaults. */
export const EXPORTER_FAMILIES = {
  requests: {
    name: "athena_exporter_api_requests_total",
    type: "counter",
    help: "Number of HTTP requests sent to AWS, retries included.",
    labels: [...ACCOUNT_LABELS, "operation"],
  },
  failures: {
    name: "athena_exporter_api_request_failures_total",
    type: "counter",
    help: "Number of HTTP requests to AWS that failed, by reason.",
    labels: [...ACCOUNT_LABELS, "operation", "reason"],
  },
  duration: {
    name: "athena_exporter_api_request_duration_seconds",
    type: "histogram",
    help: "Duration of HTTP requests to AWS, from sending to the end of the body, failed ones included, waiting for the rate limit excluded.",
    labels: ["operation"],
  },
  skippedPolls: {
    name: "athena_exporter_polls_skipped_total",
    type: "counter",
    help: "Number of polls that did not start in time because of the rate limit.",
    labels: ACCOUNT_LABELS,
  },
  rateLimit: {
    name: "athena_exporter_api_rate_limit",
    type: "gauge",
    help: "Maximum number of API requests a second that this exporter sends in the account and region: poll.rate_limit, divided among the shards.",
    labels: ACCOUNT_LABELS,
  },
  dpuPrice: {
    name: "athena_dpu_hour_price_usd",
    type: "gauge",
    help: "Price of a DPU-hour in US dollars: pricing.dpu_hour_usd of the configuration.",
    labels: [],
  },
  quotaThreshold: {
    name: "athena_threshold_quota_ratio",
    type: "gauge",
    help: "Share of a DPU quota from which it is nearly used up: thresholds.quota of the configuration.",
    labels: [],
  },
  expositionDelay: {
    name: "athena_exporter_exposition_delay_seconds",
    type: "histogram",
    help: "Longest time between the end of a poll and a response with its samples, observed at each scrape; waiting for the scrape itself is excluded.",
    labels: [],
  },
  shardOrdinal: {
    name: "athena_exporter_shard_ordinal",
    type: "gauge",
    help: "Ordinal of this exporter's shard, from 0.",
    labels: [],
  },
  totalShards: {
    name: "athena_exporter_total_shards",
    type: "gauge",
    help: "Number of shards that the workgroups are divided among.",
    labels: [],
  },
  reloadSuccessful: {
    name: "athena_exporter_config_last_reload_successful",
    type: "gauge",
    help: "1 if the last reload of the configuration succeeded, else 0.",
    labels: [],
  },
  reloadSuccess: {
    name: "athena_exporter_config_last_reload_success_timestamp_seconds",
    type: "gauge",
    help: "Unix time of the last successful reload of the configuration.",
    labels: [],
  },
  build: {
    name: "athena_exporter_build_info",
    type: "gauge",
    help: "Version of the exporter and of Node.js; always 1.",
    labels: ["version", "revision", "node_version"],
  },
} as const satisfies Readonly<Record<string, ExporterFamily>>;
