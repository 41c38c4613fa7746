import { line, type Section } from "../layout.ts";
import { graph } from "../panels.ts";
import { gauge, sumBy } from "../queries.ts";
import { UNIT } from "../units.ts";

/** Thresholds that the exporter has by default, in seconds, as people say them. */
const DEFAULT_THRESHOLDS = { 900: "15 minutes", 3600: "1 hour", 14400: "4 hours" } as const;

/** How many sessions live, and how many of them idle. */
export function sessionsSection(): Section {
  return { title: "Sessions", lines: [line(9, sessionsByState(), idleSessions())] };
}

export function sessionsByState() {
  return graph({
    title: "Sessions by state",
    description:
      "Living sessions, one layer a state. Orange is idle: a layer that never shrinks overnight is sessions nobody " +
      "ends. Any red is degraded. A gap means that no poll succeeded for too long.",
    unit: UNIT.count,
    queries: { "{{state}}": sumBy(["state"], gauge("athena_sessions", { by: ["state"] })) },
    stacked: true,
  });
}

export function idleSessions() {
  const panel = graph({
    title: "Idle sessions by how long",
    description:
      "Sessions that have been idle for at least so long; each line holds those of the longer ones too. The thresholds " +
      "are sessions.idle_thresholds of the exporter's configuration. The line of the longest should be at 0.",
    unit: UNIT.count,
    queries: {
      "{{min_idle_seconds}} s or longer": sumBy(
        ["min_idle_seconds"],
        gauge("athena_idle_sessions", { by: ["min_idle_seconds"] }),
      ),
    },
  });
  for (const [seconds, words] of Object.entries(DEFAULT_THRESHOLDS)) {
    panel.overrideByName(`${seconds} s or longer`, [{ id: "displayName", value: `${words} or longer` }]);
  }
  return panel;
}
