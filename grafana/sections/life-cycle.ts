import { line, type Section } from "../layout.ts";
import { graph } from "../panels.ts";
import { gauge, rate, sum, sumBy } from "../queries.ts";
import { UNIT } from "../units.ts";

const PER_HOUR = "* 3600";

/** How sessions come and go. */
export function lifeCycleSection(): Section {
  return { title: "Life cycle", lines: [line(8, startsAndEnds(), degradedAndFailed())] };
}

export function startsAndEnds() {
  return graph({
    title: "Starts and ends",
    description:
      "Sessions an hour that started, and that ended by how. Ends that stay below starts are sessions piling up. FAILED " +
      "should be rare. UNKNOWN vanished without a trace of how they ended.",
    unit: UNIT.perHour,
    queries: {
      started: `${sum(rate("athena_sessions_started_total"))} ${PER_HOUR}`,
      "{{state}}": `${sumBy(["state"], rate("athena_sessions_ended_total", { by: ["state"] }))} ${PER_HOUR}`,
    },
  });
}

function degradedAndFailed() {
  return graph({
    title: "Degraded and failed",
    description:
      "Sessions that are degraded at the time, and sessions that failed in the hour before. A healthy fleet has both " +
      "at 0; a level that stays is a workgroup with a cause of its own.",
    unit: UNIT.count,
    queries: {
      DEGRADED: sum(gauge("athena_sessions", { where: ['state="DEGRADED"'] })),
      FAILED: sum(gauge("athena_sessions_recently_ended", { where: ['state="FAILED"'] })),
    },
  });
}
