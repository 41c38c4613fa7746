import { MappingType, type ValueMapping } from "@grafana/grafana-foundation-sdk/dashboard";
import { ROW_TO_STATUS_PAGE } from "../links.ts";
import { graph, stat } from "../panels.ts";
import { gauge, maxBy, onlyExporters, rate, regionSeries, sum, totalOverRange } from "../queries.ts";
import { table } from "../tables.ts";
import { badFrom, goodBelow, goodFrom } from "../thresholds.ts";
import { UNIT } from "../units.ts";

const BY_INSTANCE = "{{instance}}";
const VARIABLES_NOTE = "The variables for account, region and workgroup do not apply.";

export function exporterStat() {
  return stat({
    title: "Exporters",
    description:
      "Does every exporter run with its configuration? Down: cannot be scraped now but could in the time range. Missing shards: " +
      "configured but not running. In both cases workgroups may not be monitored. Failed reloads: keep the previous configuration; " +
      `the log shows the error. ${VARIABLES_NOTE}`,
    unit: UNIT.count,
    thresholds: badFrom(1),
    query: {
      down: "sum((up == bool 0) and on (job, instance) last_over_time(athena_exporter_build_info[$__range]))",
      "missing shards":
        "max(max by (job) (athena_exporter_total_shards) - on (job) " +
        'count by (job) (count_values by (job) ("ordinal", athena_exporter_shard_ordinal)))',
      "failed reloads": "sum(athena_exporter_config_last_reload_successful == bool 0)",
    },
  });
}

export function completenessStat() {
  const skipped = `sum(rate(${regionSeries("athena_exporter_polls_skipped_total")}[$__rate_interval]))`;
  return stat({
    title: "Left out",
    description:
      "Is anything missing from the figures? Sessions: active ones without per-session series because of a limit; they are counted, " +
      "but not in tables. Listings: stopped at their page limit in the time range, so that starts and ends may be too low. Polls: " +
      "not made in time because of the rate limit. Owners: sessions whose owner is unknown, where sessions.owners is on.",
    unit: UNIT.count,
    decimals: 0,
    thresholds: goodBelow(1),
    query: {
      sessions: sum(gauge("athena_sessions_omitted")),
      listings: totalOverRange(sum(rate("athena_workgroup_listings_truncated_total"))),
      polls: totalOverRange(skipped),
      owners: sum(gauge("athena_sessions_without_owner")),
    },
  });
}

const RELOADED: ValueMapping = {
  type: MappingType.ValueToText,
  options: { "0": { text: "failed" }, "1": { text: "successful" } },
};

export function exporters() {
  return table({
    title: "Processes",
    description:
      "Which exporters run, and are they healthy? All should have the same version, and each ordinal of a shard should occur once. An " +
      "uptime that keeps starting at 0 is a process that crashes or exceeds its memory limit. CPU is a share of one core, which is " +
      "all an exporter can use. Instances link to the exporter's status page at the address that Prometheus scrapes.",
    columns: [
      { label: "instance", title: "Instance", link: ROW_TO_STATUS_PAGE },
      { label: "job", title: "Job" },
      { label: "version", title: "Version", width: 90 },
      {
        title: "Shard",
        unit: UNIT.number,
        query: perExporter(
          "athena_exporter_build_info * on (job, instance) group_left athena_exporter_shard_ordinal",
          ["version"],
        ),
        width: 80,
      },
      {
        title: "Uptime",
        unit: UNIT.seconds,
        query: perExporter(onlyExporters("time() - process_start_time_seconds")),
        width: 110,
      },
      {
        title: "Memory",
        unit: UNIT.bytes,
        query: perExporter(onlyExporters("process_resident_memory_bytes")),
        width: 110,
      },
      {
        title: "CPU",
        unit: UNIT.share,
        thresholds: goodBelow(0.8),
        query: perExporter(onlyExporters("rate(process_cpu_seconds_total[$__rate_interval])")),
        width: 90,
      },
      {
        title: "Scrape",
        unit: UNIT.seconds,
        query: perExporter(onlyExporters("scrape_duration_seconds")),
        width: 100,
      },
      {
        title: "Samples",
        unit: UNIT.count,
        query: perExporter(onlyExporters("scrape_samples_scraped")),
        width: 100,
      },
      {
        title: "Last reload",
        unit: UNIT.number,
        query: perExporter("athena_exporter_config_last_reload_successful"),
        thresholds: goodFrom(1),
        mappings: [RELOADED],
        width: 110,
      },
      {
        title: "Configuration age",
        unit: UNIT.seconds,
        query: perExporter("time() - athena_exporter_config_last_reload_success_timestamp_seconds"),
        width: 150,
      },
    ],
    largestFirst: "Uptime",
    noValue: "no exporters",
  });
}

export function memory() {
  return graph({
    title: "Memory",
    description:
      "Does an exporter leak memory? Its resident memory grows with the number of active sessions and is flat otherwise; a line that " +
      "rises for days is a leak. Keep the container's memory limit well above the peaks.",
    unit: UNIT.bytes,
    queries: { [BY_INSTANCE]: onlyExporters("process_resident_memory_bytes") },
  });
}

export function eventLoop() {
  return graph({
    title: "Event loop lag",
    description:
      "Has an exporter enough CPU? The 99th percentile of its event loop lag. Tens of milliseconds are normal. From some tenths of a " +
      "second on, scrapes and polls delay each other: give the exporter more CPU, or add shards.",
    unit: UNIT.seconds,
    queries: { [BY_INSTANCE]: onlyExporters("nodejs_eventloop_lag_p99_seconds") },
  });
}

/** One value per exporter. */
function perExporter(expression: string, by: readonly string[] = []): string {
  return maxBy(["job", "instance", ...by], expression);
}
