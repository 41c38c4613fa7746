import { TO_HEALTH } from "../links.ts";
import { stat } from "../panels.ts";
import { gauge, regionGauge, sum, WORKGROUP_KEY, workgroupSeries } from "../queries.ts";
import { NEVER_SUCCEEDED } from "../tables.ts";
import { badFrom, goodBelow } from "../thresholds.ts";
import { UNIT } from "../units.ts";

/** The default of poll.stale_after, after which metrics are withdrawn unless three planned poll intervals are longer. */
const STALE_AFTER_SECONDS = 300;

const LAST_SUCCESS = "athena_workgroup_last_success_timestamp_seconds";
const UNREADABLE_WORKGROUPS = sum(`${gauge("athena_workgroup_up")} == bool 0`);
const UNREADABLE_ACCOUNTS = sum(`${regionGauge("athena_account_up")} == bool 0`);

/** Whether the figures can be trusted, as one number. */
export function unreadable() {
  return stat({
    title: "Unreadable",
    description:
      "Are the figures complete and current? They are at 0. Otherwise it is the number of workgroups whose last poll failed, " +
      "and of accounts and regions whose credentials or discovery fail; the Health dashboard says which and why.",
    unit: UNIT.count,
    thresholds: goodBelow(1),
    query: `${UNREADABLE_WORKGROUPS} + ${UNREADABLE_ACCOUNTS}`,
    noValue: "no exporter",
    link: TO_HEALTH,
  });
}

/** Whether the figures of a workgroup are current, as one number. */
export function lastPoll() {
  return stat({
    title: "Last poll",
    description:
      "How old are the figures? This is the time since the last successful poll of the selected workgroup, or of the one where " +
      "it is the longest. Above a few minutes they are out of date; the Health dashboard shows the reason.",
    unit: UNIT.seconds,
    thresholds: goodBelow(300, 600),
    mappings: [NEVER_SUCCEEDED],
    query: `max(time() - ${gauge(LAST_SUCCESS)})`,
    noValue: "no exporter",
    link: TO_HEALTH,
  });
}

/** Whether the figures can be trusted, in detail. */
export function trustStats() {
  return [workgroups(), unreadableWorkgroups(), staleWorkgroups(), unreadableAccounts()];
}

function workgroups() {
  return stat({
    title: "Workgroups",
    description:
      "How many of the selected workgroups are polled? If some are missing, check the discovery rules of the exporter's " +
      "configuration, the unreadable accounts, and whether all shards are running.",
    unit: UNIT.count,
    query: `count(${gauge("athena_workgroup_up")})`,
  });
}

function unreadableWorkgroups() {
  return stat({
    title: "Unreadable workgroups",
    description:
      "Of how many workgroups did the last poll fail? They keep the metrics of the last successful poll until those are too " +
      "old. Occasional failures are harmless; if the number stays above 0, open the row on failures below.",
    unit: UNIT.count,
    thresholds: goodBelow(1),
    query: UNREADABLE_WORKGROUPS,
  });
}

function staleWorkgroups() {
  const age = `time() - ${workgroupSeries(LAST_SUCCESS)}`;
  const limit = `clamp_min(3 * athena_workgroup_poll_interval_seconds, ${STALE_AFTER_SECONDS})`;
  return stat({
    title: "Stale workgroups",
    description:
      "Of how many workgroups are the metrics withdrawn, so that idle sessions in them are missing from all panels? Those are " +
      "the ones without a successful poll for five minutes, or for three planned poll intervals if that is longer.",
    unit: UNIT.count,
    thresholds: badFrom(1),
    query: sum(`min by (${WORKGROUP_KEY}) (${age} > bool ${limit})`),
  });
}

function unreadableAccounts() {
  return stat({
    title: "Unreadable accounts",
    description:
      "In how many accounts and regions do the credentials or the discovery of workgroups fail? New workgroups in them are " +
      "not discovered. The variable for workgroups does not apply.",
    unit: UNIT.count,
    thresholds: badFrom(1),
    query: UNREADABLE_ACCOUNTS,
  });
}
