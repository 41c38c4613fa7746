import { readdirSync, readFileSync } from "node:fs";

const FOLDER = new URL("../../grafana/dashboards/", import.meta.url);

/** A query of a panel. */
interface Target {
  readonly refId: string;
  readonly expr: string;
  readonly legendFormat?: string;
  readonly instant?: boolean;
  readonly datasource?: unknown;
}

/** A panel, or a row heading, whose type is "row" and which holds its panels while it is collapsed. */
interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly pluginVersion?: string;
  readonly datasource?: unknown;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly Target[];
  readonly panels?: readonly Panel[];
  readonly fieldConfig?: {
    readonly defaults: { readonly unit?: string; readonly noValue?: string };
    readonly overrides: readonly { readonly properties: readonly { readonly id: string }[] }[];
  };
}

/** A variable whose values come from a query, or whose value is typed in. */
interface Variable {
  readonly name: string;
  readonly type: string;
  readonly query: string | { readonly query: string };
  readonly datasource?: unknown;
  readonly multi: boolean;
  readonly includeAll: boolean;
  readonly allValue?: string;
}

/** The parts of a dashboard file that the tests read. */
export interface DashboardFile {
  readonly __requires: readonly { readonly type: string; readonly id: string }[];
  readonly id?: number;
  readonly schemaVersion: number;
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly Variable[] };
  readonly annotations: {
    readonly list: readonly { readonly name: string; readonly expr: string; readonly datasource: unknown }[];
  };
  readonly links: readonly {
    readonly url: string;
    readonly keepTime: boolean;
    readonly includeVars: boolean;
  }[];
}

/** Reads all dashboard files, sorted by name. */
export function readDashboards(): readonly DashboardFile[] {
  return readdirSync(FOLDER)
    .sort()
    .map((name) => JSON.parse(readFileSync(new URL(name, FOLDER), "utf8")) as DashboardFile);
}

/** A query with the panel that it belongs to. */
export interface PlacedTarget extends Target {
  /** For example "Athena sessions / Fleet: Degraded sessions". */
  readonly panel: string;
}

/** All panels of a dashboard, those of collapsed rows included, without the rows themselves. */
export function panelsOf({ panels }: DashboardFile): readonly Panel[] {
  return panels.flatMap((panel) => (panel.type === "row" ? (panel.panels ?? []) : [panel]));
}

/** All queries of a dashboard. */
export function targetsOf(dashboard: DashboardFile): readonly PlacedTarget[] {
  const { title } = dashboard;
  return panelsOf(dashboard).flatMap((panel) =>
    (panel.targets ?? []).map((target) => ({ ...target, panel: `${title}: ${panel.title}` })),
  );
}
