import type { AnnotationQuery } from "@grafana/grafana-foundation-sdk/dashboard";
import { maxBy, onlyExporters } from "./queries.ts";
import { DATA_SOURCE } from "./variables.ts";

/** A reload within this time after the start is the first reading of the configuration. */
const START_SECONDS = 10;

const STARTED = "process_start_time_seconds";
const RELOADED = "athena_exporter_config_last_reload_success_timestamp_seconds";

/** Marks when an exporter was started, and when one reloaded its configuration. */
export function exporterEvents(): AnnotationQuery[] {
  const reloads = `${RELOADED} > on (job, instance) ${STARTED} + ${START_SECONDS}`;
  return [
    events("Restarts", "Exporter started", "purple", onlyExporters(STARTED)),
    events("Reloads", "Configuration reloaded", "light-blue", reloads),
  ];
}

/** An annotation at each time that an expression has had as its value, in Unix seconds. */
function events(name: string, titleFormat: string, iconColor: string, expression: string): AnnotationQuery {
  const expr = `${maxBy(["instance"], expression)} * 1000`;
  return {
    name,
    titleFormat,
    textFormat: "{{instance}}",
    tagKeys: "instance",
    iconColor,
    datasource: DATA_SOURCE,
    enable: true,
    expr,
    useValueForTime: true,
  };
}
