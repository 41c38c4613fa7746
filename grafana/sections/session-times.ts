import { graph } from "../panels.ts";
import { gauge, maxBy, rate, sum, sumBy } from "../queries.ts";
import { UNIT } from "../units.ts";

export function oldestAges() {
  return graph({
    title: "Age of the oldest session by state",
    description:
      "Time since the start of the oldest session in each state. A line that rises for days is a session that nobody " +
      "terminates. CREATING should stay below a few minutes.",
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
      "The idle time of the longest idle session, and the sum over all idle sessions. The sum rises faster than the longest " +
      "if several sessions are idle.",
    unit: UNIT.seconds,
    queries: {
      longest: `max(${gauge("athena_sessions_longest_idle_seconds")})`,
      total: sum(gauge("athena_sessions_combined_idle_seconds")),
    },
  });
}

export function timeByState() {
  return graph({
    title: "Average sessions by state",
    description:
      "The average number of sessions in each state over each interval, from the exporter's counters, so that states shorter " +
      "than a scrape interval are included. More orange (IDLE) than green (BUSY) means that sessions are mostly idle.",
    unit: UNIT.count,
    queries: { "{{state}}": sumBy(["state"], rate("athena_session_seconds_total", { by: ["state"] })) },
    stacked: true,
  });
}

export function becameDegraded() {
  return graph({
    title: "Sessions that became degraded",
    description:
      "Sessions per hour that became degraded. A healthy workgroup has none; several with the same description point to a job " +
      "that is too large for its coordinator.",
    unit: UNIT.perHour,
    queries: { DEGRADED: `${sum(rate("athena_sessions_degraded_total"))} * 3600` },
    bars: true,
  });
}
