import { SESSION, WORKGROUP } from "./labels.ts";
import { lines, type AlertingRule } from "./rule.ts";
import {
  IDLE_COST,
  SESSION_DURATION,
  SESSION_NAME,
  SESSION_PLACE,
  TERMINATE,
  WORKGROUP_PLACE,
} from "./texts.ts";

const STATE_SINCE = "session:athena_session_state_since_timestamp_seconds:max";
const START = "session:athena_session_start_timestamp_seconds:max";
const OVER_THRESHOLD = "workgroup:athena_sessions_over_threshold:max";

/** The sessions that have reached a threshold; for a workgroup none of which has series of its own, their number. */
function reached(since: string, threshold: string): string {
  return lines(
    `time() - max by (${SESSION}) (${since})`,
    `>= on (${WORKGROUP}) group_left () workgroup:athena_threshold_seconds:max{threshold="${threshold}"}`,
    `or on (${WORKGROUP})`,
    `sum by (${WORKGROUP}) (${OVER_THRESHOLD}{threshold="${threshold}"}) > 0`,
  );
}

interface SessionAlert {
  readonly alert: string;
  readonly expr: string;
  /** What the session has been; the duration follows. */
  readonly does: string;
  /** Why that matters, after what is known of the session. */
  readonly why: string;
  /** What to do; the command follows. */
  readonly action: string;
}

/** Any of these can wait until morning: it concerns one session. */
function sessionAlert({ alert, expr, does, why, action }: SessionAlert): AlertingRule {
  return {
    alert,
    expr,
    severity: "warning",
    summary: `${SESSION_NAME} has been ${does}${SESSION_DURATION}`,
    description: `${SESSION_PLACE} ${why} ${action}: ${TERMINATE}`,
    dashboard: "workgroup",
    // The texts ask whether there is a session_id, which pint does not see.
    disabledChecks: ["alerts/template"],
  };
}

/** The alerts on sessions. */
export const SESSION_ALERTS: readonly AlertingRule[] = [
  sessionAlert({
    alert: "AthenaSessionIdleTooLong",
    expr: reached(`${STATE_SINCE}{state="IDLE"}`, "idle"),
    does: "idle",
    why: `An idle session is billed for at least one DPU, which also counts against the account's quota.${IDLE_COST}`,
    action: "If nobody needs it, terminate it",
  }),
  sessionAlert({
    alert: "AthenaSessionDegraded",
    expr: reached(`${STATE_SINCE}{state="DEGRADED"}`, "degraded"),
    does: "degraded",
    why: "It has no healthy coordinators, so its calculations make no progress and may never finish.",
    action: "Terminate it, and repeat its work in a new session",
  }),
  sessionAlert({
    alert: "AthenaSessionStuckCreating",
    expr: reached(`${STATE_SINCE}{state="CREATING"}`, "creating"),
    does: "stuck in CREATING",
    why: "A session usually starts within two minutes, and its user is waiting.",
    action: "Terminate it and start a new one",
  }),
  sessionAlert({
    alert: "AthenaSessionStuckTerminating",
    expr: reached(`${STATE_SINCE}{state="TERMINATING"}`, "terminating"),
    does: "stuck in TERMINATING",
    why: "A session usually ends within two minutes. This one may still hold DPUs of the account's quota.",
    action: "If it does not end soon, terminate it again, then open a case with AWS",
  }),
  sessionAlert({
    alert: "AthenaSessionBusyTooLong",
    expr: reached(`${STATE_SINCE}{state="BUSY"}`, "busy"),
    does: "busy",
    why: "Few calculations take that long; it may be in a loop, or wait for something that never comes.",
    action: "If its work is not wanted, terminate it",
  }),
  sessionAlert({
    alert: "AthenaSessionTooOld",
    expr: reached(START, "age"),
    does: "active",
    why: "Few sessions are needed that long. Most older ones have been forgotten, while something keeps them from reaching their idle timeout.",
    action: "If nobody needs it, terminate it",
  }),
  {
    alert: "AthenaSessionsDegraded",
    expr: lines(
      `sum by (${WORKGROUP}) (${OVER_THRESHOLD}{threshold="degraded"}) >= 3`,
      "or",
      `(sum by (${WORKGROUP}) (${OVER_THRESHOLD}{threshold="degraded"}) >= 2)`,
      ">= workgroup:athena_sessions:sum / 3",
    ),
    severity: "critical",
    summary: "{{ $value }} Athena sessions in workgroup {{ $labels.workgroup }} are degraded",
    description: `Several sessions of ${WORKGROUP_PLACE}, have no healthy coordinators: at least three, or two that are a third of all. Their calculations make no progress and may never finish, so people's work stops. List them: athena-session-exporter sessions --state=degraded`,
    dashboard: "workgroup",
  },
  {
    alert: "AthenaSessionsFailing",
    // "for": in an exporter's first minutes, increase() extrapolates to up to twice the number of failures.
    expr: lines(
      `round(sum by (${WORKGROUP}) (workgroup:athena_sessions_ended:increase30m{state="FAILED"})) >= 5`,
      "and",
      `sum by (${WORKGROUP}) (workgroup:athena_sessions_ended:increase30m{state="FAILED"})`,
      `/ sum by (${WORKGROUP}) (workgroup:athena_sessions_ended:increase30m) >= 0.5`,
      "and workgroup:athena_workgroup_up:max",
    ),
    for: "3m",
    keepFiringFor: "15m",
    severity: "critical",
    summary: "{{ $value }} Athena sessions in workgroup {{ $labels.workgroup }} failed within 30 minutes",
    description: `These are at least half of the sessions that ended in ${WORKGROUP_PLACE}. The exporter logs each of them with the reason that Athena gives: look for the message "session ended" with the state FAILED.`,
    dashboard: "workgroup",
  },
  {
    alert: "AthenaSessionsPilingUp",
    expr: lines(
      "workgroup:athena_sessions_started:increase6h - workgroup:athena_sessions_ended:increase6h >= 25",
      "and",
      "workgroup:athena_sessions_ended:increase6h <= workgroup:athena_sessions_started:increase6h / 2",
      "and workgroup:athena_workgroup_up:max",
    ),
    for: "1h",
    keepFiringFor: "15m",
    severity: "warning",
    summary:
      'Athena sessions in workgroup {{ $labels.workgroup }} pile up: {{ $value | printf "%.0f" }} more started than ended within 6 hours',
    description: `In ${WORKGROUP_PLACE}, at most half as many sessions end as start. Something starts sessions and does not end them; they hold DPUs of the account's quota until their idle timeout. Find out what they have in common: athena-session-exporter sessions --sort=age`,
    dashboard: "workgroup",
  },
];

/** The alert on what idle sessions cost. */
export const COST_ALERT: AlertingRule = {
  alert: "AthenaIdleCostTooHigh",
  expr: lines(
    "workgroup:athena_idle_dpu_seconds:increase1d / 3600 * scalar(max(athena_dpu_hour_price_usd))",
    `>= max by (${WORKGROUP}) (athena_threshold_daily_idle_cost_usd)`,
    "and workgroup:athena_workgroup_up:max",
  ),
  for: "15m",
  keepFiringFor: "15m",
  severity: "warning",
  summary:
    'Idle Athena sessions in workgroup {{ $labels.workgroup }} cost {{ printf "$%.2f" $value }} in the last day',
  description: `This is the cost of idle sessions in ${WORKGROUP_PLACE}, at {{ with query "max(athena_dpu_hour_price_usd)" }}{{ . | first | value | printf "$%.4g" }}{{ end }} per DPU-hour, and at least the threshold of this workgroup. It is a lower bound: each session counts as one DPU. To save it, terminate sessions when their work is done, or shorten the idle timeout.`,
  dashboard: "workgroup",
};
