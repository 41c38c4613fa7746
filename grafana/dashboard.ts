import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  type VariableModel,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { exporterEvents } from "./annotations.ts";
import type { DashboardIdentity } from "./identity.ts";
import { layOut, type Section } from "./layout.ts";
import { linksToOtherDashboards } from "./links.ts";

/** The schema version of Grafana 11.0; later versions migrate dashboards when they load them. */
const SCHEMA_VERSION = 39;

/** What differs between the dashboards. */
export interface DashboardContent {
  readonly identity: DashboardIdentity;
  readonly description: string;
  readonly variables: readonly Builder<VariableModel>[];
  readonly sections: readonly Section[];
}

/** Builds a dashboard with the settings that all dashboards share. */
export function buildDashboard({ identity, description, variables, sections }: DashboardContent): Dashboard {
  const dashboard = new DashboardBuilder(identity.title)
    .uid(identity.uid)
    .description(description)
    .tags(["athena", "athena-session-exporter"])
    .editable()
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: "now-6h", to: "now" })
    .timezone("browser")
    .refresh("1m")
    .variables([...variables])
    .build();
  return {
    ...dashboard,
    annotations: { list: exporterEvents() },
    links: [...linksToOtherDashboards(identity)],
    panels: layOut(sections),
    schemaVersion: SCHEMA_VERSION,
    version: 1,
  };
}
