import { line, type Section } from "../layout.ts";
import { graph } from "../panels.ts";
import { gauge, rate, sum, sumBy } from "../queries.ts";
import { UNIT } from "../units.ts";

const PER_HOUR = "* 3600";

/** How many sessions start, end, degrade and fail. */
export function lifeCycleSection(): Section {
  return { title: "Life cycle", lines: [line(8, startsAndEnds(), degradedAndFailed())] };
}

export function startsAndEnds() {
  return graph({
    title: "Started and ended sessions",
    description:
      "Sessions per hour that started, and that ended, by final state. If fewer end than start, sessions accumulate. FAILED " +
      "should be rare. UNKNOWN are sessions that vanished from Athena without a known end.",
    unit: UNIT.perHour,
    queries: {
      started: `${sum(rate("athena_sessions_started_total"))} ${PER_HOUR}`,
      "{{state}}": `${sumBy(["state"], rate("athena_sessions_ended_total", { by: ["state"] }))} ${PER_HOUR}`,
    },
  });
}

function degradedAndFailed() {
  return graph({
    title: "Degraded and failed sessions",
    description:
      "Sessions that are degraded, and sessions that failed in the preceding hour. Both are 0 on a healthy fleet; a level " +
      "that persists points to a problem in one workgroup.",
    unit: UNIT.count,
    queries: {
      DEGRADED: sum(gauge("athena_sessions", { where: ['state="DEGRADED"'] })),
      FAILED: sum(gauge("athena_sessions_recently_ended", { where: ['state="FAILED"'] })),
    },
  });
}
