import type { DashboardLink } from "@grafana/grafana-foundation-sdk/dashboard";
import { TO_HEALTH } from "../links.ts";
import { line, type Section } from "../layout.ts";
import { stat } from "../panels.ts";
import { gauge, regionGauge, sum, WORKGROUP_KEY } from "../queries.ts";
import { badFrom, goodBelow } from "../thresholds.ts";
import { UNIT } from "../units.ts";

/** The exporter's default for poll.stale_after, after which numbers are withdrawn unless polls are planned further apart. */
const STALE_AFTER_SECONDS = 300;

const AGE = `time() - ${gauge("athena_workgroup_last_success_timestamp_seconds")}`;
const PLANNED = gauge("athena_workgroup_poll_interval_seconds");
const STALE = `(${AGE}) > bool on (${WORKGROUP_KEY}) clamp_min(3 * ${PLANNED}, ${STALE_AFTER_SECONDS})`;

/** Whether the numbers below can be trusted; on each dashboard about sessions, and in more detail on Health. */
export function trustSection(): Section {
  return { title: "Can the numbers be trusted?", lines: [line(3, ...trustStats(TO_HEALTH))] };
}

/** Workgroups and accounts, and how many of them are not read; `link` leads to where that is explained. */
export function trustStats(link?: DashboardLink) {
  return [
    stat({
      title: "Workgroups",
      description:
        "Workgroups that the exporter polls. If some are missing, look at the discovery rules of its configuration, " +
        "at the accounts beside this, and at whether every shard is up.",
      unit: UNIT.count,
      query: `count(${gauge("athena_workgroup_up")})`,
      link,
    }),
    stat({
      title: "Unreadable workgroups",
      description:
        "Workgroups whose last poll failed. Their numbers are those of the last good poll, and are withdrawn when " +
        "they grow too old. One failed poll is no reason to worry; a number that stays is. Health says why.",
      unit: UNIT.count,
      thresholds: goodBelow(1),
      query: sum(`${gauge("athena_workgroup_up")} == bool 0`),
      link,
    }),
    stat({
      title: "Stale workgroups",
      description:
        "Workgroups without a good poll for five minutes, or for three times the planned interval where that is " +
        "longer. Their sessions are withdrawn from all panels: what is not shown here may well idle and cost.",
      unit: UNIT.count,
      thresholds: badFrom(1),
      query: sum(STALE),
      link,
    }),
    stat({
      title: "Unreadable accounts",
      description:
        "Regions of accounts whose credentials or list of workgroups fail. New workgroups in them are not found. " +
        "The variable for workgroups does not apply.",
      unit: UNIT.count,
      thresholds: badFrom(1),
      query: sum(`${regionGauge("athena_account_up")} == bool 0`),
      link,
    }),
  ];
}
