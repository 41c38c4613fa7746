import { graph } from "../panels.ts";
import { gauge, maxBy, rate, sum, sumBy } from "../queries.ts";
import { UNIT } from "../units.ts";

/** How old the oldest session of each state is. */
export function oldestAges() {
  return graph({
    title: "Age of the oldest session by state",
    description:
      "Time since the start of the oldest session in each state. It grows by a second a second while a session stays, and " +
      "falls when it ends: a line that climbs for days is a session nobody ends. CREATING should stay below minutes.",
    unit: UNIT.seconds,
    queries: {
      "{{state}}": maxBy(["state"], gauge("athena_sessions_oldest_age_seconds", { by: ["state"] })),
    },
  });
}

export function idleTimes() {
  return graph({
    title: "Idle time",
    description:
      "For how long the session that is idle the longest has been idle, and the sum over all idle sessions. The sum " +
      "climbs faster than the longest when several are left alone.",
    unit: UNIT.seconds,
    queries: {
      longest: `max(${gauge("athena_sessions_longest_idle_seconds")})`,
      "all together": sum(gauge("athena_sessions_combined_idle_seconds")),
    },
  });
}

export function timeByState() {
  return graph({
    title: "How sessions spend their time",
    description:
      "Sessions in each state on average of each interval, as counted by the exporter, so that states shorter than a scrape " +
      "show too. Orange over green is more waiting than working.",
    unit: UNIT.count,
    queries: { "{{state}}": sumBy(["state"], rate("athena_session_seconds_total", { by: ["state"] })) },
    stacked: true,
  });
}

export function becameDegraded() {
  return graph({
    title: "Became degraded",
    description:
      "Sessions an hour that became degraded. A healthy workgroup has none; several with one description are a job that " +
      "is too large for its coordinator.",
    unit: UNIT.perHour,
    queries: { DEGRADED: `${sum(rate("athena_sessions_degraded_total"))} * 3600` },
    bars: true,
  });
}
