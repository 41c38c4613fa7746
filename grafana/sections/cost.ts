import type { Line } from "../layout.ts";
import { line } from "../layout.ts";
import { graph, stat } from "../panels.ts";
import { gauge, overRange, rate, sum } from "../queries.ts";
import { goodBelow } from "../thresholds.ts";
import { UNIT } from "../units.ts";

const SECONDS_AN_HOUR = 3600;
const LOWER_BOUND =
  "A lower bound: each idle session counts as its coordinator, 1 DPU unless the exporter knows better.";

/** What idling costs over the time range. */
export function idleCostLine(): Line {
  return line(4, idleDpuHours(), idleDollars(), idleShare(), endedDpuHours());
}

/** DPU-hours that idle sessions held over the time range, by workgroup or as one sum. */
export function idleDpuHoursOver(aggregate: (rates: string) => string): string {
  return `${overRange(aggregate(rate("athena_idle_dpu_seconds_total")))} / ${SECONDS_AN_HOUR}`;
}

function idleDpuHours() {
  return stat({
    title: "Idle DPU-hours in the range",
    description: `DPUs that idle sessions held, times for how long, over the time range of the dashboard. ${LOWER_BOUND}`,
    unit: UNIT.dpuHours,
    decimals: 1,
    query: idleDpuHoursOver(sum),
  });
}

function idleDollars() {
  return stat({
    title: "Idle cost in the range",
    description:
      "The same in dollars, at the price above: what would have been saved, had sessions ended with their work. " +
      "Over a day a few dollars are usual where people work in notebooks; tens are sessions nobody ends.",
    unit: UNIT.dollars,
    decimals: 2,
    thresholds: goodBelow(5, 50),
    query: `${idleDpuHoursOver(sum)} * $price`,
  });
}

function idleShare() {
  const seconds = (where: readonly string[]) =>
    sum(rate("athena_session_seconds_total", { by: ["state"], where }));
  return stat({
    title: "Share of time spent idle",
    description:
      "Of the time that all sessions lived in the range, how much they were idle. Notebooks idle while people think; " +
      "over half of it in workgroups that run jobs means that sessions are not ended.",
    unit: UNIT.share,
    thresholds: goodBelow(0.5, 0.8),
    query: `(${overRange(seconds(['state="IDLE"']))}) / (${overRange(seconds([]))} > 0)`,
    noValue: "no sessions",
  });
}

function endedDpuHours() {
  return stat({
    title: "DPU-hours of ended sessions",
    description:
      "DPU-hours used by the sessions that ended in the range, idle or not, as Athena tells. To hold what idling cost " +
      "against. Known only with sessions.details in the exporter's configuration.",
    unit: UNIT.dpuHours,
    decimals: 1,
    query: `${overRange(sum(rate("athena_ended_dpu_seconds_total")))} / ${SECONDS_AN_HOUR}`,
    noValue: "needs sessions.details",
  });
}

export function idleDpusGraph() {
  return graph({
    title: "DPUs held by idle sessions",
    description: `What idling costs as time goes: a DPU is the price above an hour. Steps that never come down are leaked sessions. ${LOWER_BOUND}`,
    unit: UNIT.dpus,
    queries: { "idle DPUs": sum(gauge("athena_idle_dpus")) },
  });
}

export function idleCostGraph() {
  return graph({
    title: "Idle cost",
    description:
      "Dollars an hour, at the price above, by what idle sessions held in each interval. Look for what does not fall " +
      "at night and at weekends.",
    unit: UNIT.dollarsPerHour,
    decimals: 2,
    queries: { "idle cost": `${sum(rate("athena_idle_dpu_seconds_total"))} * $price` },
  });
}
