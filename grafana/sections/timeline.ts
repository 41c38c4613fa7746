import { line, type Section } from "../layout.ts";
import { stateTimeline } from "../panels.ts";
import { SESSION_KEY, workgroupSeries } from "../queries.ts";
import { ACTIVE_STATES, stateCode } from "../states.ts";
import { sessionsByState } from "./sessions.ts";

const MAX_SESSIONS = 40;

/** States over time: the number of sessions in each state, and the states of each session. */
export function timelineSection(): Section {
  return { title: "States", lines: [line(8, sessionsByState()), line(14, sessionTimeline())] };
}

function sessionTimeline() {
  return stateTimeline({
    title: "State timeline of sessions",
    description:
      "One line per session from start to end, for the 40 sessions that started last among those that were active in the time " +
      "range. A long orange line is a session that stays IDLE; one that alternates between orange and green (BUSY) is in use. Red " +
      "is DEGRADED, purple is CREATING. For older sessions, choose a shorter time range or see the table of sessions.",
    query: statesOf(`topk(${MAX_SESSIONS}, ${startsInRange()})`),
    legend: "{{workgroup}} {{session_id}}",
    noValue: "no sessions",
  });
}

/** The state codes of the given sessions; the most severe state where two exporters disagree. */
function statesOf(sessions: string): string {
  const codes = ACTIVE_STATES.map((state) => {
    const series = workgroupSeries("athena_session_state_since_timestamp_seconds", [`state="${state}"`]);
    return `group by (${SESSION_KEY}) (${series}) * ${stateCode(state)}`;
  });
  return `(${codes.join(" or ")}) and on (${SESSION_KEY}) ${sessions}`;
}

function startsInRange(): string {
  const starts = workgroupSeries("athena_session_start_timestamp_seconds");
  return `max by (${SESSION_KEY}) (max_over_time(${starts}[$__range] @ end()))`;
}
