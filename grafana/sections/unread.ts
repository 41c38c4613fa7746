import { ROW_TO_REGION, ROW_TO_WORKGROUP } from "../links.ts";
import { bars, graph } from "../panels.ts";
import { gauge, overRange, rate, regionGauge, REGION_KEY, WORKGROUP_KEY } from "../queries.ts";
import { NEVER, table } from "../tables.ts";
import { goodBelow } from "../thresholds.ts";
import { UNIT } from "../units.ts";

const MOST = 50;
const MOST_BARS = 10;

const SUCCESS = gauge("athena_workgroup_last_success_timestamp_seconds");
const REASON = gauge("athena_workgroup_failing", { by: ["reason"] });
const DOWN = `${gauge("athena_workgroup_up")} == 0`;
const REGION_REASON = regionGauge("athena_account_failing", { by: ["reason"] });
const REGION_DOWN = `${regionGauge("athena_account_up")} == 0`;

const PLACE = [
  { label: "aws_account_id", title: "Account" },
  { label: "aws_region", title: "Region" },
];
const AGE = { title: "Last read", unit: UNIT.seconds, thresholds: goodBelow(300, 600), mappings: [NEVER] };

export function oldestNumbers() {
  return bars({
    title: "Oldest numbers, worst first",
    description:
      "Time since the last good poll of the ten workgroups where it is longest, those never read left out. On a healthy " +
      "fleet all are about as long as the poll interval. A click on a bar leads to its workgroup.",
    unit: UNIT.seconds,
    thresholds: goodBelow(300, 600),
    query: `topk(${MOST_BARS}, time() - (${SUCCESS} > 0))`,
    noValue: "none",
  });
}

export function failingByReason() {
  return graph({
    title: "Failing workgroups by reason",
    description:
      "Workgroups whose last poll failed, by why. access_denied wants a permission, credentials a role, not_found " +
      "is a workgroup that was deleted or misspelt; throttled, timeout, network and server_error usually pass. Nothing is " +
      "drawn while all are read.",
    unit: UNIT.count,
    queries: { "{{reason}}": `count by (reason) (${REASON} and on (${WORKGROUP_KEY}) (${DOWN}))` },
    stacked: true,
    noValue: "none",
  });
}

export function unreadableWorkgroups() {
  return table({
    title: "Which workgroups are unreadable",
    description:
      "Workgroups whose last poll failed, why, and when they were last read; the longest ago first, at most 50. The page " +
      "of the exporter at / says for each what to grant or do.",
    labels: [
      { label: "workgroup", title: "Workgroup", link: ROW_TO_WORKGROUP },
      { label: "reason", title: "Reason" },
      ...PLACE,
    ],
    values: [
      {
        query: `topk(${MOST}, ${REASON} * on (${WORKGROUP_KEY}) group_left () (time() - ${SUCCESS}) and on (${WORKGROUP_KEY}) (${DOWN}))`,
        ...AGE,
      },
    ],
    largestFirst: AGE.title,
    noValue: "none",
  });
}

export function unreadableAccounts() {
  const success = regionGauge("athena_account_last_success_timestamp_seconds");
  return table({
    title: "Which accounts are unreadable",
    description:
      "Regions of accounts whose credentials or list of workgroups fail, why, and when both last worked. Their known " +
      "workgroups are polled as far as that is possible; new ones are not found.",
    labels: [
      { label: "aws_account_id", title: "Account", link: ROW_TO_REGION },
      { label: "aws_region", title: "Region" },
      { label: "reason", title: "Reason" },
    ],
    values: [
      {
        query: `topk(${MOST}, ${REGION_REASON} * on (${REGION_KEY}) group_left () (time() - ${success}) and on (${REGION_KEY}) (${REGION_DOWN}))`,
        ...AGE,
      },
    ],
    largestFirst: AGE.title,
    noValue: "none",
  });
}

export function failedPolls() {
  return bars({
    title: "Failed polls in the range, worst first",
    description:
      "The ten workgroups with the most failed polls over the time range. A workgroup high up here that is readable now " +
      "fails off and on. A click on a bar leads to its workgroup.",
    unit: UNIT.count,
    decimals: 0,
    thresholds: goodBelow(10),
    query: `topk(${MOST_BARS}, ${overRange(rate("athena_workgroup_poll_failures_total"))} > 0)`,
    noValue: "none",
  });
}
