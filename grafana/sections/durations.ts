import { graph } from "../panels.ts";
import { quantile } from "../queries.ts";
import { UNIT } from "../units.ts";

const NONE = "no session in the last hour";

export function timeToStart() {
  return graph({
    title: "Time to start",
    description:
      "How long do people and jobs wait for a session? The time from the start of a session to its first usable state, over the " +
      "preceding hour. It is usually below a minute; a rise comes before starts that fail.",
    unit: UNIT.seconds,
    queries: {
      "90%": quantile(0.9, "athena_session_startup_seconds"),
      median: quantile(0.5, "athena_session_startup_seconds"),
    },
    noValue: NONE,
  });
}

export function sessionDurations() {
  return graph({
    title: "Duration of sessions",
    description:
      "How long do sessions live, by how they end? Medians over the sessions that ended in the preceding hour, and the time " +
      "within which nine of ten ended. Short FAILED ones fail at their start, long ones lose the work of hours.",
    unit: UNIT.seconds,
    queries: {
      "{{state}}, median": quantile(0.5, "athena_session_duration_seconds", ["state"]),
      "all, 90%": quantile(0.9, "athena_session_duration_seconds"),
    },
    noValue: NONE,
  });
}

export function idleBeforeEnd() {
  return graph({
    title: "Idle before the end",
    description:
      "Do people end their sessions, or does the idle timeout? For how long sessions had been idle when they ended, over the " +
      "preceding hour. A line at the idle timeout means that sessions are left to it: lower the timeout.",
    unit: UNIT.seconds,
    queries: {
      "90%": quantile(0.9, "athena_session_idle_before_end_seconds"),
      median: quantile(0.5, "athena_session_idle_before_end_seconds"),
    },
    noValue: NONE,
  });
}
