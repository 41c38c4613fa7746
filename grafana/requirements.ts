import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";

/** The oldest Grafana whose schema the dashboards have. */
const GRAFANA_VERSION = "11.0.0";

const PANEL_NAMES: Readonly<Record<string, string>> = {
  stat: "Stat",
  table: "Table",
  timeseries: "Time series",
};

/** What Grafana or a plugin has to provide, as Grafana's own export lists it. */
interface Requirement {
  readonly type: "grafana" | "datasource" | "panel";
  readonly id: string;
  readonly name: string;
  readonly version: string;
}

/** What a dashboard needs. grafana.com shows it; an import warns of what is missing. */
export function requirementsOf({ panels = [] }: Dashboard): readonly Requirement[] {
  const types = panels.flatMap((panel) => [panel, ...("panels" in panel ? panel.panels : [])]);
  const used = new Set(types.map(({ type }) => type).filter((type) => type !== "row"));
  return [
    { type: "grafana", id: "grafana", name: "Grafana", version: GRAFANA_VERSION },
    { type: "datasource", id: "prometheus", name: "Prometheus", version: "1.0.0" },
    ...[...used].toSorted().map((id): Requirement => {
      const name = PANEL_NAMES[id];
      if (name === undefined) throw new Error(`no name for panels of the type ${id}`);
      return { type: "panel", id, name, version: "" };
    }),
  ];
}
