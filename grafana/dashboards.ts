import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { fleetDashboard } from "./fleet.ts";
import { healthDashboard } from "./health.ts";
import { workgroupDashboard } from "./workgroup.ts";

/** Every dashboard, as it is written to the file `<uid>.json` of grafana/dashboards. */
export const DASHBOARDS: readonly Dashboard[] = [fleetDashboard(), workgroupDashboard(), healthDashboard()];

/** The text of a dashboard's file. */
export function dashboardJson(dashboard: Dashboard): string {
  return `${JSON.stringify(dashboard, undefined, 2)}\n`;
}
