import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { buildDashboard } from "./dashboard.ts";
import { WORKGROUP } from "./identity.ts";
import { line } from "./layout.ts";
import { activeSessions, attentionLine, degraded, failed, idleCostNow } from "./sections/attention.ts";
import { idleCostByWeek } from "./sections/cost.ts";
import { idleBeforeEnd, sessionDurations, timeToStart } from "./sections/durations.ts";
import { allSessions } from "./sections/session-tables.ts";
import { idleSessions, sessionsByState, startsAndEnds } from "./sections/sessions.ts";
import { lastPoll } from "./sections/trust.ts";
import { selectionVariables } from "./variables.ts";

/** One workgroup: its sessions and their states, ages, life cycle and cost. */
export function workgroupDashboard(): Dashboard {
  return buildDashboard({
    identity: WORKGROUP,
    description:
      "What do the sessions of one workgroup do, whose are they, how long do they take and what do they cost while idle?",
    variables: selectionVariables(),
    sections: [
      {
        title: "Which sessions are there now?",
        lines: [
          attentionLine(activeSessions(), degraded(), failed(), idleCostNow(), lastPoll()),
          line(10, allSessions()),
        ],
      },
      {
        title: "How do sessions start and end?",
        lines: [
          line(9, sessionsByState(), startsAndEnds()),
          line(9, timeToStart(), sessionDurations(), idleBeforeEnd()),
        ],
      },
      { title: "What do idle sessions cost?", lines: [line(9, idleSessions(), idleCostByWeek())] },
    ],
  });
}
