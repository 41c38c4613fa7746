import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { buildDashboard } from "./dashboard.ts";
import { HEALTH } from "./identity.ts";
import { line } from "./layout.ts";
import { apiStat, requests } from "./sections/api.ts";
import { completenessStat, eventLoop, exporters, exporterStat, memory } from "./sections/exporters.ts";
import { failuresSection } from "./sections/failures.ts";
import { freshness } from "./sections/polls.ts";
import { trustStats } from "./sections/trust.ts";
import { selectionVariables } from "./variables.ts";

/** Whether the exporter's metrics are complete and up to date, and how its processes run. */
export function healthDashboard(): Dashboard {
  return buildDashboard({
    identity: HEALTH,
    description:
      "Can the figures of athena-session-exporter be trusted: are they complete and current, what fails and why, and do its processes run well?",
    variables: selectionVariables(),
    sections: [
      {
        title: "Can the figures be trusted?",
        lines: [line(3, ...trustStats()), line(4, exporterStat(), apiStat(), completenessStat())],
      },
      failuresSection(),
      { title: "Are the figures current?", lines: [line(9, freshness(), requests())] },
      {
        title: "Do the exporters run well?",
        lines: [line(5, exporters()), line(8, memory(), eventLoop())],
      },
    ],
  });
}
