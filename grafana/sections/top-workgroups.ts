import { line, type Section } from "../layout.ts";
import { bars } from "../panels.ts";
import { DPU_HOUR_PRICE, gauge, totalOverRange, rate } from "../queries.ts";
import { badFrom, goodBelow } from "../thresholds.ts";
import { UNIT } from "../units.ts";
import { idleDpuHoursOver } from "./cost.ts";

const MAX_BARS = 10;
const LINK_NOTE = "Each bar links to the dashboard of its workgroup.";

/** The workgroups with the highest idle cost, the longest idle sessions and the most failures. */
export function topWorkgroupsSection(): Section {
  return { title: "Top workgroups", lines: [line(9, highestIdleCost(), longestIdle(), mostFailed())] };
}

function highestIdleCost() {
  return bars({
    title: "Idle cost by workgroup",
    description: `The ten workgroups with the highest cost of idle sessions in the time range, at the price of the exporter's configuration. ${LINK_NOTE}`,
    unit: UNIT.dollars,
    decimals: 2,
    thresholds: goodBelow(1, 10),
    query: topWorkgroups(`${idleDpuHoursOver((rates) => rates)} * ${DPU_HOUR_PRICE}`),
    noValue: "none",
  });
}

function longestIdle() {
  return bars({
    title: "Longest idle by workgroup",
    description: `The ten workgroups with the longest idle sessions. Ask the owner of a session that has been idle for over an hour. ${LINK_NOTE}`,
    unit: UNIT.seconds,
    thresholds: goodBelow(3600, 4 * 3600),
    query: topWorkgroups(gauge("athena_sessions_longest_idle_seconds")),
    noValue: "none",
  });
}

function mostFailed() {
  const failed = totalOverRange(rate("athena_sessions_ended_total", { where: ['state="FAILED"'] }));
  const degraded = totalOverRange(rate("athena_sessions_degraded_total"));
  return bars({
    title: "Failed and degraded sessions by workgroup",
    description: `The ten workgroups with the most sessions that failed or became degraded in the time range. ${LINK_NOTE}`,
    unit: UNIT.count,
    decimals: 0,
    thresholds: badFrom(3),
    query: topWorkgroups(`${failed} + ${degraded}`),
    noValue: "none",
  });
}

function topWorkgroups(expression: string): string {
  return `topk(${MAX_BARS}, (${expression}) > 0)`;
}
