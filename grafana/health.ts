import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { assemble } from "./dashboard.ts";
import { HEALTH } from "./identity.ts";
import { line } from "./layout.ts";
import { apiSection, rateLimitStat, throttledStat } from "./sections/api.ts";
import { completenessSection, omittedStat } from "./sections/completeness.ts";
import { pollSection } from "./sections/polls.ts";
import { downStat, missingShardsStat, processSection, reloadStat } from "./sections/processes.ts";
import { trustStats } from "./sections/trust.ts";
import {
  failedPolls,
  failingByReason,
  oldestNumbers,
  unreadableAccounts,
  unreadableWorkgroups,
} from "./sections/unread.ts";
import { rateLimitVariable, selectionVariables } from "./variables.ts";

/** Whether the exporter's numbers are complete, right and fresh. */
export function healthDashboard(): Dashboard {
  return assemble({
    identity: HEALTH,
    description:
      "Whether the numbers of athena-session-exporter are fresh and complete, and how its processes do.",
    variables: [...selectionVariables(), rateLimitVariable()],
    sections: [
      {
        title: "At a glance",
        lines: [
          line(3, ...trustStats()),
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
          line(8, oldestNumbers(), unreadableWorkgroups()),
          line(8, failingByReason(), failedPolls(), unreadableAccounts()),
        ],
      },
      pollSection("Polls"),
      apiSection(),
      completenessSection(),
      processSection(),
    ],
  });
}
