import { graph } from "../panels.ts";
import { gauge } from "../queries.ts";
import { UNIT } from "../units.ts";

const AGE = `time() - (${gauge("athena_workgroup_last_success_timestamp_seconds")} > 0)`;

export function freshness() {
  return graph({
    title: "Time since last successful poll",
    description:
      "How old are the figures? The longest and the median time over all workgroups. A sawtooth as high as the planned interval is " +
      "normal; a line that keeps rising is a workgroup that cannot be polled. A planned interval above the configured one means " +
      "that the rate limit is too low for the number of workgroups.",
    unit: UNIT.seconds,
    queries: {
      longest: `max(${AGE})`,
      median: `quantile(0.5, ${AGE})`,
      "planned interval": `max(${gauge("athena_workgroup_poll_interval_seconds")})`,
    },
    limits: ["/^planned interval$/"],
  });
}
