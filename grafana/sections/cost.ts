import { ROW_TO_WORKGROUP } from "../links.ts";
import { graph, stat } from "../panels.ts";
import {
  DPU_HOUR_PRICE,
  gauge,
  hoursOverRange,
  rate,
  sum,
  sumBy,
  totalOverRange,
  WORKGROUP_KEY,
  workgroupSeries,
} from "../queries.ts";
import { table, whereEmpty } from "../tables.ts";
import { UNIT } from "../units.ts";

const IDLE_SECONDS = "athena_idle_dpu_seconds_total";
const MAX_ROWS = 20;
const AT_PRICE = "at the price of the exporter's configuration";
const LOWER_BOUND =
  "This is a lower bound: each idle session counts as the DPUs of its coordinator, 1 unless the exporter knows more.";

export function idleCostByWeek() {
  const cost = (offset?: string) =>
    `${sum(rate(IDLE_SECONDS, offset === undefined ? {} : { offset }))} * ${DPU_HOUR_PRICE}`;
  return graph({
    title: "Idle cost, and a week before",
    description:
      `Is less paid for idle sessions than last week? Dollars per hour, ${AT_PRICE}; the dashed line is the same time a week ` +
      `before. Look for cost that does not fall at night and at weekends. ${LOWER_BOUND}`,
    unit: UNIT.dollarsPerHour,
    queries: { "idle cost": cost(), "a week before": cost("1w") },
    comparisons: ["/^a week before$/"],
    legendValues: ["mean", "lastNotNull"],
  });
}

export function idleCostInRange() {
  return stat({
    title: "Idle cost in range",
    description:
      `What could be saved in the dashboard's time range if sessions ended with their work? Idle DPU-hours ${AT_PRICE}. A few ` +
      "dollars a day are normal for interactive notebooks; tens of dollars mean that sessions are not terminated.",
    unit: UNIT.dollars,
    query: `${hoursOverRange(sum(rate(IDLE_SECONDS)))} * ${DPU_HOUR_PRICE}`,
  });
}

/** The workgroups that cost, forget or fail the most. */
export function topWorkgroups() {
  const top = (expression: string) => `topk(${MAX_ROWS}, ${expression} > 0)`;
  const failed = rate("athena_sessions_ended_total", { where: ['state="FAILED"'] });
  return table({
    title: "Workgroups",
    description:
      `Which workgroups cost the most while idle, forget sessions, or fail? The 20 largest values of each column; empty cells are ` +
      `smaller. Cost ${AT_PRICE}, failed and degraded sessions in the time range. Workgroups link to their dashboard.`,
    columns: [
      { label: "workgroup", title: "Workgroup", link: ROW_TO_WORKGROUP },
      {
        query: top(`${hoursOverRange(rate(IDLE_SECONDS))} * ${DPU_HOUR_PRICE}`),
        title: "Idle cost",
        unit: UNIT.dollars,
        width: 95,
      },
      {
        query: top(gauge("athena_sessions_longest_idle_seconds")),
        title: "Longest idle",
        unit: UNIT.seconds,
        width: 105,
      },
      { query: top(totalOverRange(failed)), title: "Failed", unit: UNIT.count, decimals: 0, width: 75 },
      {
        query: top(totalOverRange(rate("athena_sessions_degraded_total"))),
        title: "Degraded",
        unit: UNIT.count,
        decimals: 0,
        width: 85,
      },
      { label: "aws_account_id", title: "Account", width: 125 },
      { label: "aws_region", title: "Region", width: 105 },
    ],
    largestFirst: "Idle cost",
    noValue: "no workgroups",
  });
}

export function idleCostByTag() {
  const workgroups = `${workgroupSeries("athena_workgroup_info")} * on (job, instance, ${WORKGROUP_KEY}) group_left`;
  const dpus = `max by (${WORKGROUP_KEY}, $tag) (${workgroups} athena_idle_dpus)`;
  return table({
    title: "Idle cost by tag",
    description:
      `Which team or cost centre pays for idle sessions now? Dollars per hour ${AT_PRICE}, by the label of athena_workgroup_info ` +
      "that the variable Tag names; discovery.tag_labels makes labels of tags. What has no such tag is one row.",
    columns: [
      {
        query: `${sumBy(["$tag"], dpus)} * ${DPU_HOUR_PRICE}`,
        title: "Idle cost now",
        unit: UNIT.dollarsPerHour,
        bar: true,
      },
    ],
    inNaturalOrder: true,
    largestFirst: "Idle cost now",
    noValue: "no workgroups",
  });
}

export function idleCostByOwner() {
  const idle = 'athena_session_state_since_timestamp_seconds{state="IDLE"}';
  const sessions = `${workgroupSeries("athena_session_info")} and on (session_id) ${idle}`;
  const owners = `count by (started_by) (group by (session_id, started_by) (${sessions}))`;
  return table({
    title: "Idle cost by owner",
    description:
      `Who pays for idle sessions now? Dollars per hour ${AT_PRICE}, 1 DPU for each idle session, the ten owners with the most. ` +
      "Owners need sessions.owners in the exporter's configuration; without it, all sessions are one row.",
    columns: [
      { label: "started_by", title: "Owner", canInspect: true, mappings: [whereEmpty("unknown")] },
      {
        query: `topk(10, ${owners}) * ${DPU_HOUR_PRICE}`,
        title: "Idle cost now",
        unit: UNIT.dollarsPerHour,
        bar: true,
      },
    ],
    largestFirst: "Idle cost now",
    noValue: "no idle sessions",
  });
}
