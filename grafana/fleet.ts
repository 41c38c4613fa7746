import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { assemble } from "./dashboard.ts";
import { FLEET } from "./identity.ts";
import { line } from "./layout.ts";
import { idleCostGraph, idleCostLine } from "./sections/cost.ts";
import { quotaGraph, quotaStat } from "./sections/dpus.ts";
import { lifeCycleSection } from "./sections/life-cycle.ts";
import { nowSection } from "./sections/now.ts";
import { sessionsToActOn } from "./sections/session-tables.ts";
import { sessionsSection } from "./sections/sessions.ts";
import { trustSection } from "./sections/trust.ts";
import { worstSection } from "./sections/worst.ts";
import { priceVariable, quotaVariable, selectionVariables } from "./variables.ts";

/** Which sessions leak money, which are ill, and whose they are. */
export function fleetDashboard(): Dashboard {
  return assemble({
    identity: FLEET,
    description:
      "Sessions of Amazon Athena for Apache Spark in all workgroups: what idles, what it costs, what is ill.",
    variables: [...selectionVariables(), priceVariable(), quotaVariable()],
    sections: [
      trustSection(),
      nowSection(quotaStat()),
      { title: "To act on", lines: [line(10, sessionsToActOn())] },
      sessionsSection(),
      { title: "Cost and quota", lines: [idleCostLine(), line(8, idleCostGraph(), quotaGraph())] },
      worstSection(),
      lifeCycleSection(),
    ],
  });
}
