import { MappingType, type ValueMapping } from "@grafana/grafana-foundation-sdk/dashboard";
import { line, type Section } from "../layout.ts";
import { graph, stat } from "../panels.ts";
import { maxBy, ofExporters, workgroupSeries } from "../queries.ts";
import { table } from "../tables.ts";
import { badFrom, goodBelow, goodFrom } from "../thresholds.ts";
import { UNIT } from "../units.ts";

const BY_INSTANCE = "{{instance}}";
const OWN_VARIABLES = "The variables for account, region and workgroup do not apply.";

export function downStat() {
  return stat({
    title: "Exporters down",
    description: `Exporters that Prometheus cannot scrape now and could in the time range. What they polled is not seen. ${OWN_VARIABLES}`,
    unit: UNIT.count,
    thresholds: badFrom(1),
    query: "sum((up == bool 0) and on (job, instance) last_over_time(athena_exporter_build_info[$__range]))",
  });
}

export function missingShardsStat() {
  return stat({
    title: "Missing shards",
    description: `How many of the shards that exporters say there are no exporter is. Their workgroups are polled by nobody. ${OWN_VARIABLES}`,
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
    description: `Exporters whose configuration was wrong when they last read it. They go on with the former one; their log says what is wrong. ${OWN_VARIABLES}`,
    unit: UNIT.count,
    thresholds: badFrom(1),
    query: "sum(athena_exporter_config_last_reload_successful == bool 0)",
  });
}

const RELOADED: ValueMapping = {
  type: MappingType.ValueToText,
  options: { "0": { text: "refused" }, "1": { text: "taken over" } },
};

/** The exporters' own lives. */
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
      "Each exporter that is scraped: its shard and of how many, its version, for how long it has been up, and when its " +
      "configuration was last taken over. All should have one version and one number of shards, and each ordinal should be there " +
      "once. An uptime that starts over again and again is a process that crashes or is killed for its memory.",
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
        query: latest(ofExporters("time() - process_start_time_seconds")),
      },
      {
        title: "Shard",
        unit: UNIT.count,
        query: latest(
          "athena_exporter_build_info * on (job, instance) group_left () athena_exporter_shard_ordinal",
          ["version", "revision", "node_version"],
        ),
      },
      { title: "Shards", unit: UNIT.count, query: latest("athena_exporter_total_shards") },
      {
        title: "Last reload",
        unit: UNIT.count,
        query: latest("athena_exporter_config_last_reload_successful"),
        thresholds: goodFrom(1),
        mappings: [RELOADED],
      },
      {
        title: "Configuration age",
        unit: UNIT.seconds,
        query: latest("time() - athena_exporter_config_last_reload_success_timestamp_seconds"),
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
      "How long Prometheus takes to scrape each exporter. A scrape waits for no call of AWS, so that it is short whatever " +
      "AWS does; it grows with the number of series. Worry when it nears Prometheus' scrape_timeout.",
    unit: UNIT.seconds,
    queries: { [BY_INSTANCE]: ofExporters("scrape_duration_seconds") },
  });
}

function memory() {
  return graph({
    title: "Memory",
    description:
      "Resident memory of each exporter. It grows with the number of living sessions and is flat otherwise; a line that climbs for " +
      "days is a leak. Keep the container's limit well above the peaks.",
    unit: UNIT.bytes,
    queries: { [BY_INSTANCE]: ofExporters("process_resident_memory_bytes") },
  });
}

function cpu() {
  return graph({
    title: "CPU",
    description:
      "Share of one core that each exporter uses. It runs on one, so that near 100% polls and scrapes are late: add shards.",
    unit: UNIT.share,
    thresholds: goodBelow(0.8),
    queries: { [BY_INSTANCE]: ofExporters("rate(process_cpu_seconds_total[$__rate_interval])") },
  });
}

function eventLoop() {
  return graph({
    title: "Event loop lag",
    description:
      "The 99th percentile of how late the event loop of each exporter is. Tens of milliseconds are usual. From some tenths of " +
      "a second on scrapes and polls wait for each other: give it more CPU, or add shards.",
    unit: UNIT.seconds,
    queries: { [BY_INSTANCE]: ofExporters("nodejs_eventloop_lag_p99_seconds") },
  });
}

function workgroupsPolled() {
  return graph({
    title: "Workgroups of each exporter",
    description:
      "Workgroups that each exporter polls, of those that the variables leave. Shards have about the same number each, and two " +
      "exporters that are not shards both have all.",
    unit: UNIT.count,
    queries: { [BY_INSTANCE]: `count by (job, instance) (${workgroupSeries("athena_workgroup_up")})` },
  });
}

function samples() {
  return graph({
    title: "Series of each scrape",
    description:
      "Samples in each scrape of an exporter. Most are of single sessions: sessions.per_session.limit and total_limit " +
      "bound them.",
    unit: UNIT.count,
    queries: { [BY_INSTANCE]: ofExporters("scrape_samples_scraped") },
  });
}

/** One value of each exporter. */
function latest(expression: string, by: readonly string[] = []): string {
  return maxBy(["job", "instance", ...by], expression);
}
