import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { buildDashboard } from "./dashboard.ts";
import { FLEET } from "./identity.ts";
import { line, unevenLine } from "./layout.ts";
import { attentionLine, degraded, failed, idleCostNow } from "./sections/attention.ts";
import {
  idleCostByOwner,
  idleCostByTag,
  idleCostByWeek,
  idleCostInRange,
  topWorkgroups,
} from "./sections/cost.ts";
import { quotaGraph, quotaStat } from "./sections/dpus.ts";
import { timeToStart } from "./sections/durations.ts";
import { sessionsWithoutWork } from "./sections/session-tables.ts";
import { sessionsByState, startsAndEnds } from "./sections/sessions.ts";
import { unreadable } from "./sections/trust.ts";
import { selectionVariables, tagVariable } from "./variables.ts";

/** All workgroups: which sessions need action, and what idle ones cost whom. */
export function fleetDashboard(): Dashboard {
  return buildDashboard({
    identity: FLEET,
    description:
      "Which Amazon Athena for Apache Spark sessions need action, what do idle ones cost and whom, and will new ones start? All workgroups.",
    variables: [...selectionVariables(), tagVariable()],
    sections: [
      {
        title: "What needs action now?",
        lines: [
          attentionLine(degraded(), failed(), idleCostNow(), quotaStat(), unreadable()),
          line(10, sessionsWithoutWork()),
        ],
      },
      {
        title: "How many sessions are there, and do they end?",
        lines: [line(9, sessionsByState(), startsAndEnds())],
      },
      {
        title: "What do idle sessions cost, and whom?",
        lines: [
          unevenLine(
            9,
            { panel: idleCostByWeek(), width: 14 },
            { panel: idleCostByTag(), width: 5 },
            { panel: idleCostByOwner(), width: 5 },
          ),
          unevenLine(9, { panel: topWorkgroups(), width: 20 }, { panel: idleCostInRange(), width: 4 }),
        ],
      },
      {
        title: "Will new sessions start?",
        lines: [unevenLine(9, { panel: quotaGraph(), width: 16 }, { panel: timeToStart(), width: 8 })],
      },
    ],
  });
}
