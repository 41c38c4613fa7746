import { ROW_TO_REGION, ROW_TO_WORKGROUP } from "../links.ts";
import { bars, graph } from "../panels.ts";
import { gauge, totalOverRange, rate, regionGauge, REGION_KEY, WORKGROUP_KEY } from "../queries.ts";
import { NEVER_SUCCEEDED, table } from "../tables.ts";
import { goodBelow } from "../thresholds.ts";
import { UNIT } from "../units.ts";

const MAX_ROWS = 50;
const MAX_BARS = 10;

const SUCCESS = gauge("athena_workgroup_last_success_timestamp_seconds");
const REASON = gauge("athena_workgroup_failing", { by: ["reason"] });
const DOWN = `${gauge("athena_workgroup_up")} == 0`;
const REGION_REASON = regionGauge("athena_account_failing", { by: ["reason"] });
const REGION_DOWN = `${regionGauge("athena_account_up")} == 0`;

const PLACE = [
  { label: "aws_account_id", title: "Account" },
  { label: "aws_region", title: "Region" },
];
const AGE = {
  title: "Time since last success",
  unit: UNIT.seconds,
  thresholds: goodBelow(300, 600),
  mappings: [NEVER_SUCCEEDED],
};

export function timeSinceLastSuccess() {
  return bars({
    title: "Time since last successful poll by workgroup",
    description:
      "The ten workgroups with the longest time since their last successful poll, without those that were never polled " +
      "successfully. Normally all times are about one poll interval. Each bar links to the dashboard of its workgroup.",
    unit: UNIT.seconds,
    thresholds: goodBelow(300, 600),
    query: `topk(${MAX_BARS}, time() - (${SUCCESS} > 0))`,
    noValue: "none",
  });
}

export function failingByReason() {
  return graph({
    title: "Failing workgroups by reason",
    description:
      "Workgroups whose last poll failed. access_denied: a permission is missing. credentials: check the credentials or the " +
      "role. not_found: the workgroup was deleted or its name is misspelt. throttled, timeout, network and server_error are " +
      "usually temporary. The graph is empty while no poll fails.",
    unit: UNIT.count,
    queries: { "{{reason}}": `count by (reason) (${REASON} and on (${WORKGROUP_KEY}) (${DOWN}))` },
    stacked: true,
    noValue: "none",
  });
}

export function unreadableWorkgroupsTable() {
  return table({
    title: "List of unreadable workgroups",
    description:
      "Workgroups whose last poll failed, with the reason and the time since their last successful poll, longest first; at " +
      "most 50. The exporter's status page (/) says for each which permission to grant or what else to do.",
    labels: [
      { label: "workgroup", title: "Workgroup", link: ROW_TO_WORKGROUP },
      { label: "reason", title: "Reason" },
      ...PLACE,
    ],
    values: [
      {
        query: `topk(${MAX_ROWS}, ${REASON} * on (${WORKGROUP_KEY}) group_left () (time() - ${SUCCESS}) and on (${WORKGROUP_KEY}) (${DOWN}))`,
        ...AGE,
      },
    ],
    largestFirst: AGE.title,
    noValue: "none",
  });
}

export function unreadableAccountsTable() {
  const success = regionGauge("athena_account_last_success_timestamp_seconds");
  return table({
    title: "List of unreadable accounts",
    description:
      "Accounts and regions whose credentials or discovery of workgroups fail, with the reason and the time since both last " +
      "succeeded. Workgroups that were discovered before are polled if possible; new ones are not discovered.",
    labels: [
      { label: "aws_account_id", title: "Account", link: ROW_TO_REGION },
      { label: "aws_region", title: "Region" },
      { label: "reason", title: "Reason" },
    ],
    values: [
      {
        query: `topk(${MAX_ROWS}, ${REGION_REASON} * on (${REGION_KEY}) group_left () (time() - ${success}) and on (${REGION_KEY}) (${REGION_DOWN}))`,
        ...AGE,
      },
    ],
    largestFirst: AGE.title,
    noValue: "none",
  });
}

export function failedPolls() {
  return bars({
    title: "Failed polls by workgroup",
    description:
      "The ten workgroups with the most failed polls in the time range. A workgroup in this list that is readable now fails " +
      "intermittently. Each bar links to the dashboard of its workgroup.",
    unit: UNIT.count,
    decimals: 0,
    thresholds: goodBelow(10),
    query: `topk(${MAX_BARS}, ${totalOverRange(rate("athena_workgroup_poll_failures_total"))} > 0)`,
    noValue: "none",
  });
}
