import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import type { Panel } from "@grafana/grafana-foundation-sdk/dashboard";
import { type Line, unevenLine } from "../layout.ts";
import { stat } from "../panels.ts";
import { DPU_HOUR_PRICE, gauge, sum, sumBy } from "../queries.ts";
import { badFrom, goodBelow } from "../thresholds.ts";
import { UNIT } from "../units.ts";

const OVER_THRESHOLD_WIDTH = 9;
const SINGLE_WIDTH = 3;

/** The sessions over a threshold, and beside them five panels with a single value each. */
export function attentionLine(...singles: readonly Builder<Panel>[]): Line {
  return unevenLine(
    4,
    { panel: overThreshold(), width: OVER_THRESHOLD_WIDTH },
    ...singles.map((panel) => ({ panel, width: SINGLE_WIDTH })),
  );
}

/** Sessions that have reached a threshold of the exporter's configuration. */
function overThreshold() {
  return stat({
    title: "Sessions over a threshold",
    description:
      "How many sessions need action, and why? Each value counts the sessions that have reached one of the thresholds in the " +
      "exporter's configuration, by which the alerts fire too. A session can be over two, such as idle and age.",
    unit: UNIT.count,
    thresholds: badFrom(1),
    query: {
      "{{threshold}}": sumBy(["threshold"], gauge("athena_sessions_over_threshold", { by: ["threshold"] })),
    },
    noValue: "thresholds unknown",
  });
}

export function activeSessions() {
  return stat({
    title: "Active",
    description:
      "How many sessions have not ended, in any state? Each uses at least 1 DPU of the quota of its account and region.",
    unit: UNIT.count,
    query: sum(gauge("athena_sessions", { by: ["state"] })),
  });
}

export function degraded() {
  return stat({
    title: "Degraded",
    description:
      "How many active sessions have no healthy coordinators? Their calculations do not make progress, but they are still " +
      "billed. Terminate each one and repeat its work in a new session.",
    unit: UNIT.count,
    thresholds: badFrom(1),
    query: sum(gauge("athena_sessions", { where: ['state="DEGRADED"'] })),
  });
}

export function failed() {
  return stat({
    title: "Failed (1 h)",
    description:
      "How many sessions ended as FAILED within the last hour, whatever the dashboard's time range? Several in one workgroup " +
      "usually have a common cause: the exporter logs the reason of each failure.",
    unit: UNIT.count,
    thresholds: goodBelow(1),
    query: sum(gauge("athena_sessions_recently_ended", { where: ['state="FAILED"'] })),
  });
}

export function idleCostNow() {
  return stat({
    title: "Idle cost now",
    description:
      "What do the idle sessions cost in an hour, at the price of the exporter's configuration? This is a lower bound: each " +
      "idle session counts as the DPUs of its coordinator, 1 unless the exporter knows more.",
    unit: UNIT.dollarsPerHour,
    query: `${sum(gauge("athena_idle_dpus"))} * ${DPU_HOUR_PRICE}`,
  });
}
