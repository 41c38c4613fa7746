import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { fleetDashboard } from "./fleet.ts";
import { healthDashboard } from "./health.ts";
import { requirementsOf } from "./requirements.ts";
import { workgroupDashboard } from "./workgroup.ts";

/** All dashboards; each is written to the file `<uid>.json` in grafana/dashboards. */
export const DASHBOARDS: readonly Dashboard[] = [fleetDashboard(), workgroupDashboard(), healthDashboard()];

/** The content of a dashboard's file. */
export function dashboardJson(dashboard: Dashboard): string {
  const file = { __requires: requirementsOf(dashboard), ...dashboard };
  return `${JSON.stringify(file, undefined, 2)}\n`;
}
