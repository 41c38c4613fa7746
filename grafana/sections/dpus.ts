import { graph, stat } from "../panels.ts";
import { gauge, largestNow, REGION_KEY, sumBy } from "../queries.ts";
import { goodBelow } from "../thresholds.ts";
import { UNIT } from "../units.ts";

const REGION_LABELS = REGION_KEY.split(", ");
/** A graph with more series would be unreadable. */
const MAX_REGIONS = 5;

const MIN_DPUS = `${sumBy(REGION_LABELS, gauge("athena_idle_dpus"))} + on (${REGION_KEY}) ${sumBy(
  REGION_LABELS,
  gauge("athena_sessions", { by: ["state"], where: ['state!="IDLE"'] }),
)}`;
const MAX_DPUS = sumBy(REGION_LABELS, gauge("athena_session_max_dpus", { by: ["session_id"] }));

/** The highest share of the DPU quota in use in any account and region. */
export function quotaStat() {
  return stat({
    title: "DPU quota used",
    description:
      "The share of the quota set above that active sessions use, in the account and region where it is highest. This is a " +
      "lower bound: every session uses 1 DPU for its coordinator, and more while it is busy. At 100% no session can start. " +
      "Select all workgroups, because they share the quota.",
    unit: UNIT.share,
    thresholds: goodBelow(0.7, 0.9),
    query: `max(${MIN_DPUS}) / $quota`,
  });
}

export function quotaGraph() {
  return graph({
    title: "DPUs in use and quota",
    description:
      "The five accounts and regions with the most DPUs, each of which has its own quota. At least: the DPUs of idle sessions " +
      "and 1 DPU for each other active session. At most: the maximum that sessions may use, available only with " +
      "sessions.details. If the first is near the dashed line, sessions may fail to start; if only the second is, only at peaks.",
    unit: UNIT.dpus,
    queries: {
      "at least, {{aws_account_id}} {{aws_region}}": largestNow(MAX_REGIONS, MIN_DPUS, REGION_KEY),
      "at most, {{aws_account_id}} {{aws_region}}": largestNow(MAX_REGIONS, MAX_DPUS, REGION_KEY),
      quota: "vector($quota)",
    },
    limits: ["quota"],
  });
}
