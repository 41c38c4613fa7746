import type { Line } from "../layout.ts";
import { line } from "../layout.ts";
import { graph, stat } from "../panels.ts";
import { DPU_HOUR_PRICE, gauge, totalOverRange, rate, sum } from "../queries.ts";
import { goodBelow } from "../thresholds.ts";
import { UNIT } from "../units.ts";

const SECONDS_PER_HOUR = 3600;
const LOWER_BOUND =
  "This is a lower bound: each idle session counts as the DPUs of its coordinator, 1 unless the exporter knows more.";

/** The cost of idle sessions over the time range. */
export function idleCostLine(): Line {
  return line(4, idleDpuHours(), idleDollars(), idleShare(), endedDpuHours());
}

/** The DPU-hours that idle sessions used over the time range; `aggregate` combines the rates of workgroups. */
export function idleDpuHoursOver(aggregate: (rates: string) => string): string {
  return `${totalOverRange(aggregate(rate("athena_idle_dpu_seconds_total")))} / ${SECONDS_PER_HOUR}`;
}

function idleDpuHours() {
  return stat({
    title: "Idle DPU-hours in the time range",
    description: `DPU-hours that sessions used while they were idle, over the dashboard's time range. ${LOWER_BOUND}`,
    unit: UNIT.dpuHours,
    decimals: 1,
    query: idleDpuHoursOver(sum),
  });
}

function idleDollars() {
  return stat({
    title: "Idle cost in the time range",
    description:
      "The cost of the idle DPU-hours in dollars, at the price of the exporter's configuration: what could be saved if sessions ended with their " +
      "work. A few dollars a day are normal for interactive notebooks; tens of dollars mean that sessions are not terminated.",
    unit: UNIT.dollars,
    decimals: 2,
    thresholds: goodBelow(5, 50),
    query: `${idleDpuHoursOver(sum)} * ${DPU_HOUR_PRICE}`,
  });
}

function idleShare() {
  const seconds = (where: readonly string[]) =>
    sum(rate("athena_session_seconds_total", { by: ["state"], where }));
  return stat({
    title: "Share of time idle",
    description:
      "The share of all session time in the time range that sessions were idle. Notebook sessions are idle while their users " +
      "think; more than half in workgroups that run jobs means that sessions are not terminated.",
    unit: UNIT.share,
    thresholds: goodBelow(0.5, 0.8),
    query: `(${totalOverRange(seconds(['state="IDLE"']))}) / (${totalOverRange(seconds([]))} > 0)`,
    noValue: "no sessions",
  });
}

function endedDpuHours() {
  return stat({
    title: "DPU-hours of ended sessions",
    description:
      "All DPU-hours that Athena reports for sessions that ended in the time range, to compare the idle DPU-hours with. " +
      "Available only with sessions.details in the exporter's configuration.",
    unit: UNIT.dpuHours,
    decimals: 1,
    query: `${totalOverRange(sum(rate("athena_ended_dpu_seconds_total")))} / ${SECONDS_PER_HOUR}`,
    noValue: "needs sessions.details",
  });
}

export function idleDpusGraph() {
  return graph({
    title: "DPUs held by idle sessions",
    description: `DPUs of idle sessions over time; each costs the price of the exporter's configuration per hour. Steps that never come down are leaked sessions. ${LOWER_BOUND}`,
    unit: UNIT.dpus,
    queries: { "idle DPUs": sum(gauge("athena_idle_dpus")) },
  });
}

export function idleCostGraph() {
  return graph({
    title: "Idle cost",
    description:
      "The cost of idle sessions in dollars per hour, at the price of the exporter's configuration. Look for cost that does not fall at night and " +
      "at weekends.",
    unit: UNIT.dollarsPerHour,
    decimals: 2,
    queries: { "idle cost": `${sum(rate("athena_idle_dpu_seconds_total"))} * ${DPU_HOUR_PRICE}` },
  });
}
