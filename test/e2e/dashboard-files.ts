import { readdirSync, readFileSync } from "node:fs";

const FOLDER = new URL("../../grafana/dashboards/", import.meta.url);

/** A query of a panel. */
interface Target {
  readonly refId: string;
  readonly expr: string;
  readonly instant?: boolean;
}

interface Panel {
  readonly type: string;
  readonly title: string;
  readonly targets?: readonly Target[];
}

/** A variable whose values a query gives, or that is typed in. */
interface Variable {
  readonly name: string;
  readonly type: string;
  readonly query: string | { readonly query: string };
}

/** What the tests read of a dashboard as users import it. */
export interface DashboardFile {
  readonly title: string;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly Variable[] };
}

export function readDashboards(): readonly DashboardFile[] {
  return readdirSync(FOLDER).map(
    (name) => JSON.parse(readFileSync(new URL(name, FOLDER), "utf8")) as DashboardFile,
  );
}

/** A query with where it is from. */
export interface PlacedTarget extends Target {
  /** For example "Athena sessions / Fleet: Degraded sessions". */
  readonly panel: string;
}

export function targetsOf({ title, panels }: DashboardFile): readonly PlacedTarget[] {
  return panels.flatMap((panel) =>
    (panel.targets ?? []).map((target) => ({ ...target, panel: `${title}: ${panel.title}` })),
  );
}
