import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  type VariableModel,
} from "@grafana/grafana-foundation-sdk/dashboard";
import type { Identity } from "./identity.ts";
import { layOut, type Section } from "./layout.ts";
import { linksFrom } from "./links.ts";

/** That of Grafana 11.0; later ones migrate it as they load it. */
const SCHEMA_VERSION = 39;

export interface Content {
  readonly identity: Identity;
  readonly description: string;
  readonly variables: readonly Builder<VariableModel>[];
  readonly sections: readonly Section[];
}

/** A dashboard with what all of them share. */
export function assemble({ identity, description, variables, sections }: Content): Dashboard {
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
    .annotations([])
    .build();
  return {
    ...dashboard,
    links: [...linksFrom(identity)],
    panels: layOut(sections),
    schemaVersion: SCHEMA_VERSION,
    version: 1,
  };
}
