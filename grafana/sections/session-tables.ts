import { ROW_TO_WORKGROUP } from "../links.ts";
import {
  gauge,
  secondsInState,
  SESSION_KEY,
  joinDescription,
  WORKGROUP_KEY,
  workgroupSeries,
} from "../queries.ts";
import { NEVER_SUCCEEDED, table } from "../tables.ts";
import { goodBelow } from "../thresholds.ts";
import { UNIT } from "../units.ts";
import { STUCK_SECONDS } from "./current-state.ts";

const MAX_ROWS = 100;
const MAX_SESSIONS_PER_KIND = 50;
/** The lowest of the exporter's default idle thresholds. */
const IDLE_SECONDS = 900;
const HOUR_SECONDS = 3600;

const PLACE = [
  { label: "workgroup", title: "Workgroup", link: ROW_TO_WORKGROUP },
  { label: "session_id", title: "Session" },
  { label: "state", title: "State" },
];
const ORIGIN = [
  { label: "description", title: "Description" },
  { label: "engine_version", title: "Engine" },
  { label: "aws_account_id", title: "Account" },
  { label: "aws_region", title: "Region" },
];

/** Sessions that should be terminated or investigated. */
export function sessionsToActOn() {
  const idle = `(${secondsInState(["IDLE"])}) > ${IDLE_SECONDS}`;
  const degraded = secondsInState(["DEGRADED"]);
  const stuck = `(${secondsInState(["CREATING", "TERMINATING"])}) > ${STUCK_SECONDS}`;
  const sessions = `topk(${MAX_SESSIONS_PER_KIND}, ${degraded}) or topk(${MAX_SESSIONS_PER_KIND}, ${stuck}) or topk(${MAX_ROWS}, ${idle})`;
  return table({
    title: "Sessions to act on",
    description:
      "Sessions that have been idle for over 15 minutes, are degraded, or have been CREATING or TERMINATING for over ten " +
      "minutes, longest first; at most 100 idle sessions and 50 of each other kind. To terminate one: aws athena " +
      "terminate-session --region REGION --session-id SESSION. Workgroup names link to the dashboard of the workgroup. " +
      "Sessions without per-session series are missing; see Omitted sessions on the Health dashboard.",
    labels: [...PLACE, ...ORIGIN],
    values: [
      {
        query: joinDescription(sessions),
        title: "Time in state",
        unit: UNIT.seconds,
        thresholds: goodBelow(HOUR_SECONDS, 4 * HOUR_SECONDS),
      },
    ],
    largestFirst: "Time in state",
    noValue: "none",
  });
}

/** The oldest sessions with per-session series. */
export function allSessions() {
  const oldest = `topk(${MAX_ROWS}, time() - ${gauge("athena_session_start_timestamp_seconds", { by: ["session_id"] })})`;
  const ofOldest = (expression: string) => `(${expression}) and on (${SESSION_KEY}) ${oldest}`;
  const perSession = (metric: string) => ofOldest(gauge(metric, { by: ["session_id"] }));
  return table({
    title: "Sessions",
    description:
      "The 100 oldest active sessions, oldest first. Athena terminates a session that has been idle for its idle timeout. " +
      "Idle timeout and maximum DPUs are available only with sessions.details in the exporter's configuration. To terminate " +
      "a session: aws athena terminate-session --region REGION --session-id SESSION.",
    labels: [...PLACE, ...ORIGIN],
    values: [
      { query: oldest, title: "Age", unit: UNIT.seconds, thresholds: goodBelow(24 * HOUR_SECONDS) },
      {
        query: joinDescription(ofOldest(secondsInState([".*"]))),
        title: "Time in state",
        unit: UNIT.seconds,
      },
      { query: perSession("athena_session_idle_timeout_seconds"), title: "Idle timeout", unit: UNIT.seconds },
      { query: perSession("athena_session_max_dpus"), title: "Max DPUs", unit: UNIT.count },
    ],
    largestFirst: "Age",
    noValue: "none",
  });
}

/** The selected workgroups. */
export function workgroups() {
  const info = `topk by (${WORKGROUP_KEY}) (1, ${workgroupSeries("athena_workgroup_info")})`;
  const age = `time() - ${gauge("athena_workgroup_last_success_timestamp_seconds")}`;
  return table({
    title: "Workgroup",
    description:
      "The selected workgroups, at most 100, with the tags in discovery.tag_labels as additional columns. If the time since " +
      "the last successful poll exceeds a few minutes, the panels below are out of date; the Health dashboard shows the reason.",
    labels: [
      { label: "workgroup", title: "Workgroup", link: ROW_TO_WORKGROUP },
      { label: "account_name", title: "Account name" },
      { label: "aws_account_id", title: "Account" },
      { label: "aws_region", title: "Region" },
      { label: "engine_version", title: "Engine" },
    ],
    values: [
      {
        query: `topk(${MAX_ROWS}, ${info} * on (${WORKGROUP_KEY}) group_left () (${age}))`,
        title: "Time since last successful poll",
        unit: UNIT.seconds,
        thresholds: goodBelow(300, 600),
        mappings: [NEVER_SUCCEEDED],
      },
    ],
    largestFirst: "Time since last successful poll",
    noValue: "none",
  });
}
