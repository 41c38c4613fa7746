import { REGION, SESSION, WORKGROUP } from "./labels.ts";
import { lines, type RecordingRule } from "./rule.ts";

/** For how long a workgroup that no exporter shows any more keeps what was last known of its sessions. */
const HOLD = "15m";
/** Reaches the last evaluation, which was a minute ago, but not the one before. */
const LAST_EVALUATION = "110s";

/** 1 if an exporter can read the workgroup, else 0; absent if Athena does not know it. */
const WORKGROUP_UP = "workgroup:athena_workgroup_up:max";
/** The same, but 0 for a workgroup that was there within the last minutes. */
const WORKGROUP_READABLE = "workgroup:athena_workgroup_up:last15m";

/**
 * A record that keeps the value of its last evaluation while no exporter can read the workgroup: an end and series that were
 * withdrawn look the same. Once a workgroup can be read, only what an exporter shows counts.
 */
function held(record: string, key: string, current: string): RecordingRule {
  const expr = lines(
    current,
    `or on (${key})`,
    `last_over_time(${record}[${LAST_EVALUATION}])`,
    `and on (${WORKGROUP}) ${WORKGROUP_READABLE} == 0`,
  );
  return { record, expr };
}

/** The records that alerts use. They aggregate over exporters, so that a pair counts once. */
export const ALERT_RECORDS: readonly RecordingRule[] = [
  {
    record: WORKGROUP_UP,
    expr: lines(
      `max by (${WORKGROUP}) (athena_workgroup_up)`,
      `unless on (${WORKGROUP}) athena_workgroup_failing{reason="not_found"}`,
    ),
  },
  {
    record: WORKGROUP_READABLE,
    expr: lines(WORKGROUP_UP, `or last_over_time(${WORKGROUP_UP}[${HOLD}]) * 0`),
  },
  {
    record: "workgroup:athena_threshold_seconds:max",
    expr: `max by (${WORKGROUP}, threshold) (last_over_time(athena_threshold_seconds[${HOLD}]))`,
  },
  held(
    "session:athena_session_state_since_timestamp_seconds:max",
    SESSION,
    `max by (${SESSION}, state) (athena_session_state_since_timestamp_seconds)`,
  ),
  held(
    "session:athena_session_start_timestamp_seconds:max",
    SESSION,
    `max by (${SESSION}) (athena_session_start_timestamp_seconds)`,
  ),
  held(
    "workgroup:athena_sessions_over_threshold:max",
    `${WORKGROUP}, threshold`,
    `max by (${WORKGROUP}, threshold) (athena_sessions_over_threshold)`,
  ),
  held(
    "workgroup:athena_sessions:sum",
    WORKGROUP,
    `sum by (${WORKGROUP}) (max by (${WORKGROUP}, state) (athena_sessions))`,
  ),
  {
    record: "workgroup:athena_sessions_started:increase6h",
    expr: `max by (${WORKGROUP}) (increase(athena_sessions_started_total[6h]))`,
  },
  {
    record: "workgroup:athena_sessions_ended:increase6h",
    expr: `sum by (${WORKGROUP}) (max by (${WORKGROUP}, state) (increase(athena_sessions_ended_total[6h])))`,
  },
  {
    record: "workgroup:athena_sessions_ended:increase30m",
    expr: `max by (${WORKGROUP}, state) (increase(athena_sessions_ended_total[30m]))`,
  },
  {
    record: "account_region:athena_exporter_api_requests:rate5m",
    expr: `sum by (${REGION}) (rate(athena_exporter_api_requests_total[5m]))`,
  },
  {
    record: "account_region:athena_exporter_api_request_failures:rate5m",
    expr: `sum by (${REGION}, reason) (rate(athena_exporter_api_request_failures_total[5m]))`,
  },
  {
    record: "workgroup:athena_idle_dpu_seconds:rate5m",
    expr: `max by (${WORKGROUP}) (rate(athena_idle_dpu_seconds_total[5m]))`,
  },
];

/** The cost of a day. increase() would lose what a former instance of the exporter counted earlier in the day. */
export const DAILY_RECORDS: readonly RecordingRule[] = [
  {
    record: "workgroup:athena_idle_dpu_seconds:increase1d",
    expr: "sum_over_time(workgroup:athena_idle_dpu_seconds:rate5m[1d]) * 60",
    // Of a day, it does not matter whether the last minute is in it.
    disabledChecks: ["rule/dependency"],
  },
];
