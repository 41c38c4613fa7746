import { graph, stat } from "../panels.ts";
import { gauge, largestNow, REGION_KEY, sumBy } from "../queries.ts";
import { goodBelow } from "../thresholds.ts";
import { UNIT } from "../units.ts";

const REGION = REGION_KEY.split(", ");
/** More accounts' regions than this are no graph any more. */
const MOST_REGIONS = 5;

const AT_LEAST = `${sumBy(REGION, gauge("athena_idle_dpus"))} + on (${REGION_KEY}) ${sumBy(
  REGION,
  gauge("athena_sessions", { by: ["state"], where: ['state!="IDLE"'] }),
)}`;
const AT_MOST = sumBy(REGION, gauge("athena_session_max_dpus", { by: ["session_id"] }));

/** The fullest account and region. */
export function quotaStat() {
  return stat({
    title: "DPU quota held",
    description:
      "The share of the quota above that living sessions hold in the account and region where it is largest, and at " +
      "least: every session holds 1 DPU for its coordinator, and more while it works. At 100% no session can start. Choose all " +
      "workgroups, as all of them share it.",
    unit: UNIT.share,
    thresholds: goodBelow(0.7, 0.9),
    query: `max(${AT_LEAST}) / $quota`,
  });
}

export function quotaGraph() {
  return graph({
    title: "DPUs held against the quota",
    description:
      "The quota is for each account in a region; the five largest are shown. At least: what idle sessions hold, and 1 " +
      "DPU for each other living session. At most: what sessions may use, known only with sessions.details. Worry " +
      "when the first comes near the dashed line; when only the second does, sessions may have to wait at a peak.",
    unit: UNIT.dpus,
    queries: {
      "at least, {{aws_account_id}} {{aws_region}}": largestNow(MOST_REGIONS, AT_LEAST, REGION_KEY),
      "at most, {{aws_account_id}} {{aws_region}}": largestNow(MOST_REGIONS, AT_MOST, REGION_KEY),
      quota: "vector($quota)",
    },
    limits: ["quota"],
  });
}
