import type { DashboardLink } from "@grafana/grafana-foundation-sdk/dashboard";
import { TO_HEALTH } from "../links.ts";
import { line, type Section } from "../layout.ts";
import { stat } from "../panels.ts";
import { gauge, regionGauge, sum, WORKGROUP_KEY } from "../queries.ts";
import { badFrom, goodBelow } from "../thresholds.ts";
import { UNIT } from "../units.ts";

/** The default of poll.stale_after, after which metrics are withdrawn unless three planned poll intervals are longer. */
const STALE_AFTER_SECONDS = 300;

const AGE = `time() - ${gauge("athena_workgroup_last_success_timestamp_seconds")}`;
const PLANNED = gauge("athena_workgroup_poll_interval_seconds");
const STALE = `(${AGE}) > bool on (${WORKGROUP_KEY}) clamp_min(3 * ${PLANNED}, ${STALE_AFTER_SECONDS})`;

/** Whether the metrics are complete and up to date; the Health dashboard has the details. */
export function dataQualitySection(): Section {
  return { title: "Data quality", lines: [line(3, ...dataQualityStats(TO_HEALTH))] };
}

/** The numbers of workgroups and accounts that cannot be polled; each panel has the `link`. */
export function dataQualityStats(link?: DashboardLink) {
  return [
    stat({
      title: "Workgroups",
      description:
        "The number of selected workgroups that are polled. If some are missing, check the discovery rules of the " +
        "exporter's configuration, the unreadable accounts, and whether all shards are running.",
      unit: UNIT.count,
      query: `count(${gauge("athena_workgroup_up")})`,
      link,
    }),
    stat({
      title: "Unreadable workgroups",
      description:
        "Workgroups whose last poll failed. They keep the metrics of the last successful poll until those are too old. " +
        "Occasional failures are harmless; if the number stays above 0, the Health dashboard shows the reason.",
      unit: UNIT.count,
      thresholds: goodBelow(1),
      query: sum(`${gauge("athena_workgroup_up")} == bool 0`),
      link,
    }),
    stat({
      title: "Stale workgroups",
      description:
        "Workgroups without a successful poll for five minutes, or for three planned poll intervals if that is longer. Their " +
        "metrics are withdrawn, so idle sessions in them are missing from all panels.",
      unit: UNIT.count,
      thresholds: badFrom(1),
      query: sum(STALE),
      link,
    }),
    stat({
      title: "Unreadable accounts",
      description:
        "Accounts and regions whose credentials or discovery of workgroups fail. New workgroups in them are not " +
        "discovered. The variable for workgroups does not apply.",
      unit: UNIT.count,
      thresholds: badFrom(1),
      query: sum(`${regionGauge("athena_account_up")} == bool 0`),
      link,
    }),
  ];
}
