import { ROW_TO_AWS_CONSOLE, ROW_TO_WORKGROUP } from "../links.ts";
import { gauge, secondsInState, workgroupSeries } from "../queries.ts";
import { table, whereEmpty } from "../tables.ts";
import { goodBelow } from "../thresholds.ts";
import { UNIT } from "../units.ts";

const MAX_ROWS = 100;

const SESSION_LABELS = ["aws_account_id", "aws_region", "workgroup", "session_id"];

const WORKGROUP = { label: "workgroup", title: "Workgroup", link: ROW_TO_WORKGROUP, width: 150 };
/** Wide enough for a whole id, to copy it. */
const SESSION = {
  label: "session_id",
  title: "Session",
  link: ROW_TO_AWS_CONSOLE,
  canInspect: true,
  width: 325,
};
const STATE = { label: "state", title: "State", width: 112 };
/** It and the description share the width that is left. */
const OWNER = {
  label: "started_by",
  title: "Owner",
  canInspect: true,
  mappings: [whereEmpty("unknown")],
};
const DESCRIPTION = { label: "description", title: "Description", canInspect: true };
const PLACE = [
  { label: "aws_account_id", title: "Account", width: 118 },
  { label: "aws_region", title: "Region", width: 100 },
];
const HIDDEN = ["engine_version"];

/** Sessions that may have to be terminated or investigated. */
export function sessionsWithoutWork() {
  return table({
    title: "Sessions longest without work",
    description:
      "Which sessions have been idle, degraded, starting or ending for the longest, and whose are they? At most 100, longest " +
      "first. Alerts counts the alerts that fire on the session, and is missing where Prometheus has not loaded the rules. To terminate " +
      "one: aws athena terminate-session --region REGION --session-id SESSION. Workgroups link to their dashboard, " +
      "sessions to their workgroup in the AWS console.",
    columns: [
      WORKGROUP,
      SESSION,
      STATE,
      {
        query: `topk(${MAX_ROWS}, ${secondsInState(['state!~"BUSY|CREATED"'])})`,
        title: "In state for",
        unit: UNIT.seconds,
        width: 110,
      },
      {
        query: `topk(${MAX_ROWS}, ${firingAlerts()})`,
        title: "Alerts",
        unit: UNIT.number,
        thresholds: goodBelow(1),
        width: 70,
      },
      { ...OWNER, width: 170 },
      DESCRIPTION,
      ...PLACE,
    ],
    hidden: HIDDEN,
    largestFirst: "In state for",
    noValue: "no sessions",
  });
}

/** The number of firing alerts by session. */
function firingAlerts(): string {
  const where = ['alertstate="firing"', 'session_id!=""'];
  return `count by (${SESSION_LABELS.join(", ")}) (${workgroupSeries("ALERTS", where)})`;
}

/** The oldest sessions with per-session series. */
export function allSessions() {
  const perSession = (metric: string) => gauge(metric, { by: ["session_id"] });
  const top = (expression: string) => `topk(${MAX_ROWS}, ${expression})`;
  return table({
    title: "Sessions",
    description:
      "Which sessions are there, what are they doing, and whose are they? At most 100, oldest first; where more are selected, " +
      "some rows are incomplete. The idle timeout needs sessions.details in the exporter's configuration. To " +
      "terminate one: aws athena terminate-session --region REGION --session-id SESSION.",
    columns: [
      SESSION,
      STATE,
      { query: top(secondsInState()), title: "In state for", unit: UNIT.seconds, width: 105 },
      {
        query: top(`time() - ${perSession("athena_session_start_timestamp_seconds")}`),
        title: "Age",
        unit: UNIT.seconds,
        width: 95,
      },
      {
        query: top(perSession("athena_session_idle_timeout_seconds")),
        title: "Timeout",
        unit: UNIT.seconds,
        width: 90,
      },
      OWNER,
      DESCRIPTION,
      { ...WORKGROUP, width: 120 },
      ...PLACE,
    ],
    hidden: HIDDEN,
    largestFirst: "Age",
    noValue: "no sessions",
  });
}
