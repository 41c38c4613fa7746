import { line, type Section } from "../layout.ts";
import { graph } from "../panels.ts";
import { gauge, rate, sum } from "../queries.ts";
import { UNIT } from "../units.ts";

const AGE = `time() - (${gauge("athena_workgroup_last_success_timestamp_seconds")} > 0)`;
const PLANNED = gauge("athena_workgroup_poll_interval_seconds");
const DURATION = gauge("athena_workgroup_poll_duration_seconds");

/** Freshness, durations and failures of the polls of one or more workgroups. */
export function pollSection(title: string): Section {
  return { title, lines: [line(8, freshness(), pollDurations(), pollsAndFailures())] };
}

function freshness() {
  return graph({
    title: "Time since last successful poll",
    description:
      "The longest and the median time over all workgroups, and the longest planned poll interval. A sawtooth as high as the " +
      "interval is normal. A line that keeps rising is a workgroup that cannot be polled. A planned interval above the " +
      "configured one means that the rate limit is too low for the number of workgroups.",
    unit: UNIT.seconds,
    queries: {
      longest: `max(${AGE})`,
      median: `quantile(0.5, ${AGE})`,
      "planned interval": `max(${PLANNED})`,
    },
    limits: ["planned interval"],
  });
}

function pollDurations() {
  return graph({
    title: "Poll durations",
    description:
      "The longest duration of the last poll over all workgroups, the 95th percentile and the median, including the wait for " +
      "the rate limit. The maximum is poll.deadline, one minute by default.",
    unit: UNIT.seconds,
    queries: {
      longest: `max(${DURATION})`,
      "95%": `quantile(0.95, ${DURATION})`,
      median: `quantile(0.5, ${DURATION})`,
    },
  });
}

function pollsAndFailures() {
  return graph({
    title: "Polls and failed polls",
    description:
      "Polls per hour, and those that failed. The next successful poll makes up for a single failure. If all polls of a " +
      "workgroup fail, its metrics are withdrawn.",
    unit: UNIT.perHour,
    queries: {
      polls: `${sum(rate("athena_workgroup_polls_total"))} * 3600`,
      failed: `${sum(rate("athena_workgroup_poll_failures_total"))} * 3600`,
    },
  });
}
