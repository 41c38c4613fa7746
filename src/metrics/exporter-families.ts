import type { MetricType } from "./text.ts";
import { ACCOUNT_LABELS } from "./workgroup-labels.ts";

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
    help: "HTTP requests sent to AWS, retries included.",
    labels: [...ACCOUNT_LABELS, "operation"],
  },
  failures: {
    name: "athena_exporter_api_request_failures_total",
    type: "counter",
    help: "HTTP requests to AWS that failed.",
    labels: [...ACCOUNT_LABELS, "operation", "reason"],
  },
  duration: {
    name: "athena_exporter_api_request_duration_seconds",
    type: "histogram",
    help: "One attempt from sending to the end of the body, failures included, waiting for the rate limit excluded.",
    labels: ["operation"],
  },
  skippedPolls: {
    name: "athena_exporter_polls_skipped_total",
    type: "counter",
    help: "Polls that the rate limit kept from starting in time.",
    labels: ACCOUNT_LABELS,
  },
  shardOrdinal: {
    name: "athena_exporter_shard_ordinal",
    type: "gauge",
    help: "Which of the shards this exporter is, from 0.",
    labels: [],
  },
  totalShards: {
    name: "athena_exporter_total_shards",
    type: "gauge",
    help: "How many exporters share the workgroups among themselves.",
    labels: [],
  },
  reloadSuccessful: {
    name: "athena_exporter_config_last_reload_successful",
    type: "gauge",
    help: "1 if the configuration was taken over when it was last read.",
    labels: [],
  },
  reloadSuccess: {
    name: "athena_exporter_config_last_reload_success_timestamp_seconds",
    type: "gauge",
    help: "When the configuration was last taken over, in Unix time.",
    labels: [],
  },
  build: {
    name: "athena_exporter_build_info",
    type: "gauge",
    help: "The version of the exporter and of Node.js; always 1.",
    labels: ["version", "revision", "node_version"],
  },
} as const satisfies Readonly<Record<string, ExporterFamily>>;
