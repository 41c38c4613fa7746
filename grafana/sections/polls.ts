import { line, type Section } from "../layout.ts";
import { graph } from "../panels.ts";
import { gauge, rate, sum } from "../queries.ts";
import { UNIT } from "../units.ts";

const AGE = `time() - (${gauge("athena_workgroup_last_success_timestamp_seconds")} > 0)`;
const PLANNED = gauge("athena_workgroup_poll_interval_seconds");
const DURATION = gauge("athena_workgroup_poll_duration_seconds");

/** How polling goes, of one workgroup or of a fleet. */
export function pollSection(title: string): Section {
  return { title, lines: [line(8, freshness(), pollDurations(), pollsAndFailures())] };
}

function freshness() {
  return graph({
    title: "Freshness",
    description:
      "Time since the last good poll, of the workgroup where it is longest and of half of them, and the longest planned " +
      "interval. Saw teeth as high as the interval are right. A line that climbs is a workgroup that is not read; " +
      "an interval over the configured one means that the rate limit is too low for the fleet.",
    unit: UNIT.seconds,
    queries: {
      oldest: `max(${AGE})`,
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
      "How long the last poll of each workgroup took, waiting for the rate limit included: the longest, the 95th percentile " +
      "and the median. Polls are cut off at poll.deadline, a minute by default.",
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
      "Polls an hour, and those of them that failed. Single failures mend themselves at the next poll. Failures as " +
      "frequent as polls of a workgroup mean that it cannot be read at all.",
    unit: UNIT.perHour,
    queries: {
      polls: `${sum(rate("athena_workgroup_polls_total"))} * 3600`,
      failed: `${sum(rate("athena_workgroup_poll_failures_total"))} * 3600`,
    },
  });
}
