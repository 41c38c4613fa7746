import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { buildDashboard } from "./dashboard.ts";
import { WORKGROUP } from "./identity.ts";
import { line } from "./layout.ts";
import { TO_HEALTH } from "./links.ts";
import { becameDegraded, idleTimes, oldestAges, timeByState } from "./sections/session-times.ts";
import { idleCostGraph, idleCostLine, idleDpusGraph } from "./sections/cost.ts";
import { startsAndEnds } from "./sections/life-cycle.ts";
import { activeSessions, currentStateSection } from "./sections/current-state.ts";
import { pollSection } from "./sections/polls.ts";
import { allSessions, workgroups } from "./sections/session-tables.ts";
import { idleSessions } from "./sections/sessions.ts";
import { timelineSection } from "./sections/timeline.ts";
import { dataQualityStats } from "./sections/data-quality.ts";
import { selectionVariables } from "./variables.ts";

/** One workgroup: its sessions and their states, ages, life cycle and cost. */
export function workgroupDashboard(): Dashboard {
  return buildDashboard({
    identity: WORKGROUP,
    description:
      "The sessions of one workgroup: states over time, ages, starts and ends, idle time and cost.",
    variables: selectionVariables(),
    sections: [
      {
        title: "Data quality",
        lines: [line(3, ...dataQualityStats(TO_HEALTH)), line(4, workgroups())],
      },
      currentStateSection(activeSessions()),
      { title: "Sessions", lines: [line(9, allSessions())] },
      timelineSection(),
      {
        title: "Life cycle",
        lines: [line(8, startsAndEnds(), becameDegraded()), line(8, oldestAges(), timeByState())],
      },
      {
        title: "Idle time and cost",
        lines: [
          idleCostLine(),
          line(8, idleSessions(), idleTimes()),
          line(8, idleDpusGraph(), idleCostGraph()),
        ],
      },
      pollSection("Polls"),
    ],
  });
}
