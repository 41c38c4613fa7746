import { line, type Section } from "../layout.ts";
import { graph } from "../panels.ts";
import { gauge, sumBy } from "../queries.ts";
import { UNIT } from "../units.ts";

/** Legends of the exporter's default idle thresholds, by seconds. */
const DEFAULT_THRESHOLDS = { 900: "15 minutes", 3600: "1 hour", 14400: "4 hours" } as const;

/** Numbers of active and of idle sessions over time. */
export function sessionsSection(): Section {
  return { title: "Sessions", lines: [line(9, sessionsByState(), idleSessions())] };
}

export function sessionsByState() {
  return graph({
    title: "Sessions by state",
    description:
      "Active sessions, stacked by state. Orange is IDLE: if it does not shrink overnight, sessions are not terminated. Red is " +
      "DEGRADED. A gap means that the last successful poll was too long ago.",
    unit: UNIT.count,
    queries: { "{{state}}": sumBy(["state"], gauge("athena_sessions", { by: ["state"] })) },
    stacked: true,
  });
}

export function idleSessions() {
  const panel = graph({
    title: "Idle sessions by idle time",
    description:
      "Sessions that have been idle for at least each threshold; a lower threshold includes the sessions of the higher ones. " +
      "The thresholds are sessions.idle_thresholds of the exporter's configuration. The highest should be at 0.",
    unit: UNIT.count,
    queries: {
      "{{min_idle_seconds}} s or longer": sumBy(
        ["min_idle_seconds"],
        gauge("athena_idle_sessions", { by: ["min_idle_seconds"] }),
      ),
    },
  });
  for (const [seconds, duration] of Object.entries(DEFAULT_THRESHOLDS)) {
    panel.overrideByName(`${seconds} s or longer`, [{ id: "displayName", value: `${duration} or longer` }]);
  }
  return panel;
}
