import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { buildDashboard } from "./dashboard.ts";
import { FLEET } from "./identity.ts";
import { line } from "./layout.ts";
import { idleCostGraph, idleCostLine } from "./sections/cost.ts";
import { quotaGraph, quotaStat } from "./sections/dpus.ts";
import { lifeCycleSection } from "./sections/life-cycle.ts";
import { currentStateSection } from "./sections/current-state.ts";
import { sessionsToActOn } from "./sections/session-tables.ts";
import { sessionsSection } from "./sections/sessions.ts";
import { dataQualitySection } from "./sections/data-quality.ts";
import { topWorkgroupsSection } from "./sections/top-workgroups.ts";
import { quotaVariable, selectionVariables } from "./variables.ts";

/** All workgroups: which sessions are idle, degraded or stuck, and what they cost. */
export function fleetDashboard(): Dashboard {
  return buildDashboard({
    identity: FLEET,
    description:
      "Amazon Athena for Apache Spark sessions in all workgroups: idle, degraded, stuck and failed sessions, and their cost.",
    variables: [...selectionVariables(), quotaVariable()],
    sections: [
      dataQualitySection(),
      currentStateSection(quotaStat()),
      { title: "Sessions to act on", lines: [line(10, sessionsToActOn())] },
      sessionsSection(),
      { title: "Cost and quota", lines: [idleCostLine(), line(8, idleCostGraph(), quotaGraph())] },
      topWorkgroupsSection(),
      lifeCycleSection(),
    ],
  });
}
