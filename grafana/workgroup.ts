import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { assemble } from "./dashboard.ts";
import { WORKGROUP } from "./identity.ts";
import { line } from "./layout.ts";
import { TO_HEALTH } from "./links.ts";
import { becameDegraded, idleTimes, oldestAges, timeByState } from "./sections/ages.ts";
import { idleCostGraph, idleCostLine, idleDpusGraph } from "./sections/cost.ts";
import { startsAndEnds } from "./sections/life-cycle.ts";
import { livingSessions, nowSection } from "./sections/now.ts";
import { pollSection } from "./sections/polls.ts";
import { allSessions, workgroups } from "./sections/session-tables.ts";
import { idleSessions } from "./sections/sessions.ts";
import { timelineSection } from "./sections/timeline.ts";
import { trustStats } from "./sections/trust.ts";
import { priceVariable, selectionVariables } from "./variables.ts";

/** One workgroup's sessions, their states, ages and life cycle. */
export function workgroupDashboard(): Dashboard {
  return assemble({
    identity: WORKGROUP,
    description:
      "One workgroup's sessions: their states as time goes, their ages, how they start and end, what idles.",
    variables: [...selectionVariables(), priceVariable()],
    sections: [
      {
        title: "Can the numbers be trusted?",
        lines: [line(3, ...trustStats(TO_HEALTH)), line(4, workgroups())],
      },
      nowSection(livingSessions()),
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
