import { line, type Section } from "../layout.ts";
import { stateTimeline } from "../panels.ts";
import { SESSION_KEY, workgroupSeries } from "../queries.ts";
import { LIVING_STATES, stateCode } from "../states.ts";
import { sessionsByState } from "./sessions.ts";

const MOST = 40;

/** States as time goes: how many sessions are in each, and each session's. */
export function timelineSection(): Section {
  return { title: "States", lines: [line(8, sessionsByState()), line(14, sessionTimeline())] };
}

function sessionTimeline() {
  return stateTimeline({
    title: "Each session's states",
    description:
      "A line a session, from its start to its end, for the 40 that started last among those that lived in the time range. " +
      "A long orange line is IDLE, a session left alone; one that flickers between it and green, BUSY, is somebody at work. Red is " +
      "DEGRADED, purple CREATING. " +
      "For older sessions shorten the range, or look at the table below.",
    query: statesOf(`topk(${MOST}, ${startsInRange()})`),
    legend: "{{workgroup}} {{session_id}}",
    noValue: "no sessions",
  });
}

/** The codes of the states of some sessions; the worst where two exporters do not agree. */
function statesOf(sessions: string): string {
  const codes = LIVING_STATES.map((state) => {
    const series = workgroupSeries("athena_session_state_since_timestamp_seconds", [`state="${state}"`]);
    return `group by (${SESSION_KEY}) (${series}) * ${stateCode(state)}`;
  });
  return `(${codes.join(" or ")}) and on (${SESSION_KEY}) ${sessions}`;
}

function startsInRange(): string {
  const starts = workgroupSeries("athena_session_start_timestamp_seconds");
  return `max by (${SESSION_KEY}) (max_over_time(${starts}[$__range] @ end()))`;
}
