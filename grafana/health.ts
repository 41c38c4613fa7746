import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { buildDashboard } from "./dashboard.ts";
import { HEALTH } from "./identity.ts";
import { line } from "./layout.ts";
import { apiSection, rateLimitStat, throttledStat } from "./sections/api.ts";
import { completenessSection, omittedStat } from "./sections/completeness.ts";
import { pollSection } from "./sections/polls.ts";
import { downStat, missingShardsStat, processSection, reloadStat } from "./sections/processes.ts";
import { dataQualityStats } from "./sections/data-quality.ts";
import {
  failedPolls,
  failingByReason,
  timeSinceLastSuccess,
  unreadableAccountsTable,
  unreadableWorkgroupsTable,
} from "./sections/poll-failures.ts";
import { selectionVariables } from "./variables.ts";

/** Whether the exporter's metrics are complete and up to date, and how its processes run. */
export function healthDashboard(): Dashboard {
  return buildDashboard({
    identity: HEALTH,
    description:
      "Whether the metrics of athena-session-exporter are complete and up to date, and how its processes run.",
    variables: selectionVariables(),
    sections: [
      {
        title: "Overview",
        lines: [
          line(3, ...dataQualityStats()),
          line(
            3,
            downStat(),
            missingShardsStat(),
            reloadStat(),
            rateLimitStat(),
            throttledStat(),
            omittedStat(),
          ),
        ],
      },
      {
        title: "Freshness and failures",
        lines: [
          line(8, timeSinceLastSuccess(), unreadableWorkgroupsTable()),
          line(8, failingByReason(), failedPolls(), unreadableAccountsTable()),
        ],
      },
      pollSection("Polls"),
      apiSection(),
      completenessSection(),
      processSection(),
    ],
  });
}
