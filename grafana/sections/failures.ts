import type { Section } from "../layout.ts";
import { line, unevenLine } from "../layout.ts";
import { ROW_TO_REGION, ROW_TO_WORKGROUP } from "../links.ts";
import {
  gauge,
  maxBy,
  regionGauge,
  REGION_KEY,
  regionSeries,
  WORKGROUP_KEY,
  workgroupSeries,
} from "../queries.ts";
import { NEVER_SUCCEEDED, table } from "../tables.ts";
import { goodBelow } from "../thresholds.ts";
import { UNIT } from "../units.ts";
import { failedRequests } from "./api.ts";

const MAX_ROWS = 50;

const AGE = {
  title: "Time since last success",
  unit: UNIT.seconds,
  thresholds: goodBelow(300, 600),
  mappings: [NEVER_SUCCEEDED],
  width: 190,
};
const REASON = { label: "reason", title: "Reason" };
const PLACE = [
  { label: "aws_account_id", title: "Account", width: 125 },
  { label: "aws_region", title: "Region", width: 105 },
];

/** What fails; empty while all is well. */
export function failuresSection(): Section {
  return {
    title: "What fails, and why? (empty while the figures above are 0)",
    collapsed: true,
    lines: [
      line(8, unreadableWorkgroups()),
      unevenLine(8, { panel: unreadableAccounts(), width: 12 }, { panel: failedRequests(), width: 12 }),
    ],
  };
}

function unreadableWorkgroups() {
  const reasons = workgroupSeries("athena_workgroup_failing");
  const down = `max by (${WORKGROUP_KEY}) (athena_workgroup_up) == 0`;
  return table({
    title: "List of unreadable workgroups",
    description:
      "Which workgroups cannot be read, since when and why? At most 50, longest first. access_denied: a permission is missing. " +
      "credentials: check the credentials or the role. not_found: the workgroup was deleted or its name is misspelt. throttled, " +
      "timeout, network and server_error are usually temporary. The exporter's status page says what to grant or do.",
    columns: [
      { label: "workgroup", title: "Workgroup", link: ROW_TO_WORKGROUP },
      REASON,
      {
        query: `topk(${MAX_ROWS}, time() - ${gauge("athena_workgroup_last_success_timestamp_seconds")} and ${down})`,
        ...AGE,
      },
      ...PLACE,
      {
        query: `topk(${MAX_ROWS}, ${maxBy([...WORKGROUP_KEY.split(", "), "reason"], `${reasons} unless on (${WORKGROUP_KEY}) athena_workgroup_up == 1`)})`,
        title: "Failing",
        unit: UNIT.number,
        isHidden: true,
      },
    ],
    largestFirst: AGE.title,
    noValue: "none",
  });
}

function unreadableAccounts() {
  const success = regionGauge("athena_account_last_success_timestamp_seconds");
  const reasons = regionSeries("athena_account_failing");
  const down = `max by (${REGION_KEY}) (athena_account_up) == 0`;
  return table({
    title: "List of unreadable accounts",
    description:
      "In which accounts and regions do the credentials or the discovery of workgroups fail, since when and why? Workgroups that " +
      "were discovered before are polled if possible; new ones are not discovered.",
    columns: [
      { label: "aws_account_id", title: "Account", link: ROW_TO_REGION },
      { label: "aws_region", title: "Region" },
      REASON,
      { query: `topk(${MAX_ROWS}, time() - ${success} and ${down})`, ...AGE },
      {
        query: `topk(${MAX_ROWS}, ${maxBy([...REGION_KEY.split(", "), "reason"], `${reasons} unless on (${REGION_KEY}) athena_account_up == 1`)})`,
        title: "Failing",
        unit: UNIT.number,
        isHidden: true,
      },
    ],
    largestFirst: AGE.title,
    noValue: "none",
  });
}
