import { ROW_TO_WORKGROUP } from "../links.ts";
import {
  gauge,
  secondsInState,
  SESSION_KEY,
  withDescription,
  WORKGROUP_KEY,
  workgroupSeries,
} from "../queries.ts";
import { NEVER, table } from "../tables.ts";
import { goodBelow } from "../thresholds.ts";
import { UNIT } from "../units.ts";
import { STUCK_SECONDS } from "./now.ts";

const MOST = 100;
const MOST_ILL = 50;
/** Least of the exporter's own thresholds by default. */
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

/** Sessions somebody should end or look at. */
export function sessionsToActOn() {
  const idle = `(${secondsInState(["IDLE"])}) > ${IDLE_SECONDS}`;
  const degraded = secondsInState(["DEGRADED"]);
  const stuck = `(${secondsInState(["CREATING", "TERMINATING"])}) > ${STUCK_SECONDS}`;
  const sessions = `topk(${MOST_ILL}, ${degraded}) or topk(${MOST_ILL}, ${stuck}) or topk(${MOST}, ${idle})`;
  return table({
    title: "Sessions to act on",
    description:
      "Sessions idle for over 15 minutes, degraded, or CREATING or TERMINATING for over ten minutes, longest first; at most " +
      "100 idle ones and 50 of each other kind. End one with: aws athena terminate-session --region REGION " +
      "--session-id SESSION. A click on a workgroup leads to its sessions. Workgroups with very many sessions show " +
      "only the worst of them; see Sessions without series on Health.",
    labels: [...PLACE, ...ORIGIN],
    values: [
      {
        query: withDescription(sessions),
        title: "Idle or in its state for",
        unit: UNIT.seconds,
        thresholds: goodBelow(HOUR_SECONDS, 4 * HOUR_SECONDS),
      },
    ],
    largestFirst: "Idle or in its state for",
    noValue: "none",
  });
}

/** All sessions that have series of their own. */
export function allSessions() {
  const oldest = `topk(${MOST}, time() - ${gauge("athena_session_start_timestamp_seconds", { by: ["session_id"] })})`;
  const ofOldest = (expression: string) => `(${expression}) and on (${SESSION_KEY}) ${oldest}`;
  const perSession = (metric: string) => ofOldest(gauge(metric, { by: ["session_id"] }));
  return table({
    title: "Sessions",
    description:
      "Living sessions, the oldest 100, oldest first. A session that has been idle longer than its timeout is about to " +
      "end. Idle timeout and DPUs are known only with sessions.details in the exporter's configuration. End one with: " +
      "aws athena terminate-session --region REGION --session-id SESSION.",
    labels: [...PLACE, ...ORIGIN],
    values: [
      { query: oldest, title: "Age", unit: UNIT.seconds, thresholds: goodBelow(24 * HOUR_SECONDS) },
      {
        query: withDescription(ofOldest(secondsInState([".*"]))),
        title: "In its state for",
        unit: UNIT.seconds,
      },
      { query: perSession("athena_session_idle_timeout_seconds"), title: "Idle timeout", unit: UNIT.seconds },
      { query: perSession("athena_session_max_dpus"), title: "Most DPUs", unit: UNIT.count },
    ],
    largestFirst: "Age",
    noValue: "none",
  });
}

/** The workgroups that the variables leave, what they are and whose. */
export function workgroups() {
  const info = `topk by (${WORKGROUP_KEY}) (1, ${workgroupSeries("athena_workgroup_info")})`;
  const age = `time() - ${gauge("athena_workgroup_last_success_timestamp_seconds")}`;
  return table({
    title: "Workgroup",
    description:
      "What the workgroup is, whose it is, and how old its numbers are. Tags that discovery.tag_labels names are columns too. An " +
      "age that grows beyond a few minutes means that the panels below are blind; Health says why. At most 100 are shown.",
    labels: [
      { label: "workgroup", title: "Workgroup", link: ROW_TO_WORKGROUP },
      { label: "account_name", title: "Account name" },
      { label: "aws_account_id", title: "Account" },
      { label: "aws_region", title: "Region" },
      { label: "engine_version", title: "Engine" },
    ],
    values: [
      {
        query: `topk(${MOST}, ${info} * on (${WORKGROUP_KEY}) group_left () (${age}))`,
        title: "Age of its numbers",
        unit: UNIT.seconds,
        thresholds: goodBelow(300, 600),
        mappings: [NEVER],
      },
    ],
    largestFirst: "Age of its numbers",
    noValue: "none",
  });
}
