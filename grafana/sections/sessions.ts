import { LegendPlacement } from "@grafana/grafana-foundation-sdk/common";
import { graph } from "../panels.ts";
import { gauge, rate, sum, sumBy } from "../queries.ts";
import { UNIT } from "../units.ts";

const PER_HOUR = "* 3600";
/** Legends of the exporter's default idle thresholds, by seconds. */
const DEFAULT_THRESHOLDS = { 900: "15 minutes", 3600: "1 hour", 14400: "4 hours" } as const;

export function sessionsByState() {
  return graph({
    title: "Sessions by state",
    description:
      "How many sessions are there, and what are they doing? Orange is IDLE: if it does not shrink overnight, sessions are not " +
      "terminated. Red is DEGRADED. A gap means that the last successful poll was too long ago.",
    unit: UNIT.count,
    queries: { "{{state}}": sumBy(["state"], gauge("athena_sessions", { by: ["state"] })) },
    stacked: true,
    legendPlacement: LegendPlacement.Right,
  });
}

export function startsAndEnds() {
  return graph({
    title: "Started and ended sessions",
    description:
      "Do as many sessions end as start, and how do they end? Sessions per hour. If fewer end than start, sessions accumulate. " +
      "FAILED should be rare. UNKNOWN are sessions that vanished from Athena without a known end.",
    unit: UNIT.perHour,
    queries: {
      started: `${sum(rate("athena_sessions_started_total"))} ${PER_HOUR}`,
      "{{state}}": `${sumBy(["state"], rate("athena_sessions_ended_total", { by: ["state"] }))} ${PER_HOUR}`,
      "became DEGRADED": `${sum(rate("athena_sessions_degraded_total"))} ${PER_HOUR}`,
    },
    legendPlacement: LegendPlacement.Right,
  });
}

export function idleSessions() {
  const panel = graph({
    title: "Idle sessions by idle time",
    description:
      "How many sessions have been forgotten? Sessions that have been idle for at least each of sessions.idle_thresholds of the " +
      "exporter's configuration; a lower one includes the sessions of the higher ones. The highest should be at 0.",
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
