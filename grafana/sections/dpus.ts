import { LegendPlacement } from "@grafana/grafana-foundation-sdk/common";
import { graph, stat } from "../panels.ts";
import { gauge, maxBy, REGION_KEY, regionSeries, sumBy } from "../queries.ts";
import { goodBelow } from "../thresholds.ts";
import { UNIT } from "../units.ts";

/** A graph with more series would be unreadable. */
const MAX_REGIONS = 5;
const PLACE = "{{aws_account_id}} {{aws_region}}";

const BY_QUOTA = [...REGION_KEY.split(", "), "quota"];
/** The average over exporters times the number of shards: the sum over shards, whether one or two exporters run for each. */
const IN_USE = `avg by (${BY_QUOTA.join(", ")}) (${regionSeries("athena_account_active_dpus")}) * scalar(max(athena_exporter_total_shards))`;
const QUOTA = maxBy(BY_QUOTA, regionSeries("athena_account_dpu_quota"));
const SESSIONS = sumBy(REGION_KEY.split(", "), gauge("athena_sessions", { by: ["state"] }));

/** The highest share of a DPU quota in use in any account and region. */
export function quotaStat() {
  return stat({
    title: "Quota used",
    description:
      "How near is an account and region to a quota of DPUs, where it is nearest? At 100% no session can start. A lower bound: " +
      "workgroups that are not polled count too. Needs quotas in the exporter's configuration; the variable for workgroups does " +
      "not apply.",
    unit: UNIT.share,
    thresholds: goodBelow(0.7, 0.85),
    query: `max(${IN_USE} / ${QUOTA})`,
    noValue: "needs quotas",
  });
}

export function quotaGraph() {
  return graph({
    title: "DPUs in use and quota",
    description:
      "Will new sessions start? They fail where the DPUs in use reach the dashed line, the quota of the account and region. The five " +
      "accounts and regions with the most. Sessions use at least 1 DPU each; DPUs and quotas need quotas in the exporter's configuration.",
    unit: UNIT.dpus,
    queries: {
      [`sessions, ${PLACE}`]: `topk(${MAX_REGIONS}, ${SESSIONS})`,
      [`in use, {{quota}}, ${PLACE}`]: `topk(${MAX_REGIONS}, ${IN_USE})`,
      [`quota, {{quota}}, ${PLACE}`]: `topk(${MAX_REGIONS}, ${QUOTA})`,
    },
    limits: ["/^quota/"],
    legendPlacement: LegendPlacement.Right,
    legendValues: ["lastNotNull"],
  });
}
