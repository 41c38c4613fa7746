import { line, type Section } from "../layout.ts";
import { bars } from "../panels.ts";
import { gauge, overRange, rate } from "../queries.ts";
import { badFrom, goodBelow } from "../thresholds.ts";
import { UNIT } from "../units.ts";
import { idleDpuHoursOver } from "./cost.ts";

const MOST = 10;
const CLICK = "A click on a bar leads to its workgroup.";

/** The workgroups to begin with. */
export function worstSection(): Section {
  return { title: "Worst workgroups", lines: [line(9, costliest(), longestIdle(), mostFailed())] };
}

function costliest() {
  return bars({
    title: "Idle cost in the range, worst first",
    description: `The ten workgroups whose idle sessions cost most over the time range, at the price above. ${CLICK}`,
    unit: UNIT.dollars,
    decimals: 2,
    thresholds: goodBelow(1, 10),
    query: worst(`${idleDpuHoursOver((rates) => rates)} * $price`),
    noValue: "none",
  });
}

function longestIdle() {
  return bars({
    title: "Longest idle, worst first",
    description: `The ten workgroups with the sessions that have been idle the longest. Over an hour is worth asking their owner. ${CLICK}`,
    unit: UNIT.seconds,
    thresholds: goodBelow(3600, 4 * 3600),
    query: worst(gauge("athena_sessions_longest_idle_seconds")),
    noValue: "none",
  });
}

function mostFailed() {
  const failed = overRange(rate("athena_sessions_ended_total", { where: ['state="FAILED"'] }));
  const degraded = overRange(rate("athena_sessions_degraded_total"));
  return bars({
    title: "Failed and degraded in the range, worst first",
    description: `The ten workgroups with the most sessions that failed or became degraded over the time range. ${CLICK}`,
    unit: UNIT.count,
    decimals: 0,
    thresholds: badFrom(3),
    query: worst(`${failed} + ${degraded}`),
    noValue: "none",
  });
}

function worst(expression: string): string {
  return `topk(${MOST}, (${expression}) > 0)`;
}
