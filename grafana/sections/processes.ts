import { MappingType, type ValueMapping } from "@grafana/grafana-foundation-sdk/dashboard";
import { line, type Section } from "../layout.ts";
import { graph, stat } from "../panels.ts";
import { maxBy, onlyExporters, workgroupSeries } from "../queries.ts";
import { table } from "../tables.ts";
import { badFrom, goodBelow, goodFrom } from "../thresholds.ts";
import { UNIT } from "../units.ts";

const BY_INSTANCE = "{{instance}}";
const VARIABLES_NOTE = "The variables for account, region and workgroup do not apply.";

export function downStat() {
  return stat({
    title: "Exporters down",
    description: `Exporters that Prometheus cannot scrape now but could in the time range. Workgroups that only they poll are not monitored. ${VARIABLES_NOTE}`,
    unit: UNIT.count,
    thresholds: badFrom(1),
    query: "sum((up == bool 0) and on (job, instance) last_over_time(athena_exporter_build_info[$__range]))",
  });
}

export function missingShardsStat() {
  return stat({
    title: "Missing shards",
    description: `The number of configured shards without a running exporter. Their workgroups are not polled. ${VARIABLES_NOTE}`,
    unit: UNIT.count,
    thresholds: badFrom(1),
    query:
      "max(max by (job) (athena_exporter_total_shards) - on (job) " +
      'count by (job) (count_values by (job) ("ordinal", athena_exporter_shard_ordinal)))',
  });
}

export function reloadStat() {
  return stat({
    title: "Failed reloads",
    description: `Exporters that could not reload their configuration. They keep the previous one; their log shows the error. ${VARIABLES_NOTE}`,
    unit: UNIT.count,
    thresholds: badFrom(1),
    query: "sum(athena_exporter_config_last_reload_successful == bool 0)",
  });
}

const RELOADED: ValueMapping = {
  type: MappingType.ValueToText,
  options: { "0": { text: "failed" }, "1": { text: "successful" } },
};

/** The processes of the exporters. */
export function processSection(): Section {
  return {
    title: "Exporters",
    lines: [
      line(7, exporters()),
      line(8, scrapes(), memory(), cpu()),
      line(8, eventLoop(), workgroupsPolled(), samples()),
    ],
  };
}

function exporters() {
  return table({
    title: "Exporters",
    description:
      "Each exporter that is scraped, with its version, uptime, shard ordinal, total number of shards and last configuration " +
      "reload. All exporters should have the same version and total, and each ordinal should occur once. An uptime that keeps " +
      "starting at 0 is a process that crashes or exceeds its memory limit.",
    labels: [
      { label: "job", title: "Job" },
      { label: "instance", title: "Instance" },
      { label: "version", title: "Version" },
      { label: "revision", title: "Revision" },
      { label: "node_version", title: "Node.js" },
    ],
    values: [
      {
        title: "Uptime",
        unit: UNIT.seconds,
        query: perExporter(onlyExporters("time() - process_start_time_seconds")),
      },
      {
        title: "Shard",
        unit: UNIT.count,
        query: perExporter(
          "athena_exporter_build_info * on (job, instance) group_left () athena_exporter_shard_ordinal",
          ["version", "revision", "node_version"],
        ),
      },
      { title: "Total shards", unit: UNIT.count, query: perExporter("athena_exporter_total_shards") },
      {
        title: "Last reload",
        unit: UNIT.count,
        query: perExporter("athena_exporter_config_last_reload_successful"),
        thresholds: goodFrom(1),
        mappings: [RELOADED],
      },
      {
        title: "Configuration age",
        unit: UNIT.seconds,
        query: perExporter("time() - athena_exporter_config_last_reload_success_timestamp_seconds"),
      },
    ],
    largestFirst: "Uptime",
    noValue: "none",
  });
}

function scrapes() {
  return graph({
    title: "Scrape durations",
    description:
      "How long Prometheus takes to scrape each exporter. A scrape does not wait for AWS; its duration grows with the number " +
      "of series. It must stay well below Prometheus' scrape_timeout.",
    unit: UNIT.seconds,
    queries: { [BY_INSTANCE]: onlyExporters("scrape_duration_seconds") },
  });
}

function memory() {
  return graph({
    title: "Memory",
    description:
      "Resident memory of each exporter. It grows with the number of active sessions and is flat otherwise; a line that rises " +
      "for days is a memory leak. Keep the container's memory limit well above the peaks.",
    unit: UNIT.bytes,
    queries: { [BY_INSTANCE]: onlyExporters("process_resident_memory_bytes") },
  });
}

function cpu() {
  return graph({
    title: "CPU",
    description:
      "The share of one CPU core that each exporter uses. It cannot use more than one, so near 100% polls and scrapes are " +
      "delayed: add shards.",
    unit: UNIT.share,
    thresholds: goodBelow(0.8),
    queries: { [BY_INSTANCE]: onlyExporters("rate(process_cpu_seconds_total[$__rate_interval])") },
  });
}

function eventLoop() {
  return graph({
    title: "Event loop lag",
    description:
      "The 99th percentile of the event loop lag of each exporter. Tens of milliseconds are normal. From some tenths of a " +
      "second on, scrapes and polls delay each other: give the exporter more CPU, or add shards.",
    unit: UNIT.seconds,
    queries: { [BY_INSTANCE]: onlyExporters("nodejs_eventloop_lag_p99_seconds") },
  });
}

function workgroupsPolled() {
  return graph({
    title: "Workgroups per exporter",
    description:
      "The number of selected workgroups that each exporter polls. Shards have about the same number each; exporters without " +
      "sharding each poll all workgroups.",
    unit: UNIT.count,
    queries: { [BY_INSTANCE]: `count by (job, instance) (${workgroupSeries("athena_workgroup_up")})` },
  });
}

function samples() {
  return graph({
    title: "Samples per scrape",
    description:
      "The number of samples in each scrape of an exporter. Most are per-session series, which sessions.per_session.limit " +
      "and total_limit bound.",
    unit: UNIT.count,
    queries: { [BY_INSTANCE]: onlyExporters("scrape_samples_scraped") },
  });
}

/** One value per exporter. */
function perExporter(expression: string, by: readonly string[] = []): string {
  return maxBy(["job", "instance", ...by], expression);
}
