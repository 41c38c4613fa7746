import { ENDED_STATES } from "./history.ts";
import type { ModelWorkgroup } from "./model-workgroup.ts";
import { describe } from "./oracle-counters.ts";
import type { OracleContext } from "./oracle-context.ts";
import { valueOf, type Place } from "./exposition-reader.ts";

/** Promise: a histogram of durations has each session once that a counter counts, if Athena tells when the session started. */
export function checkDurations(
  place: Place,
  context: OracleContext,
  workgroups: readonly ModelWorkgroup[],
): void {
  const value = (key: string) => valueOf(place, key) ?? NaN;
  const expectAtMost = (key: string, max: number) => {
    if (!(value(key) <= max))
      context.report("durations", `${describe(place)}: ${key} is ${value(key)}, of at most ${max}`);
  };
  const areDated = workgroups.every(({ sessions }) =>
    sessions.every(({ item }) => !item.omits.includes("start")),
  );
  const ended = ENDED_STATES.map((state) => {
    const count = value(`athena_sessions_ended_total|${state}`);
    const key = `athena_session_duration_seconds_count|${state}`;
    expectAtMost(key, count);
    if (areDated && value(key) !== count)
      context.report("durations", `${describe(place)}: ${key} is ${value(key)}, though ${count} have ended`);
    return count;
  });
  expectAtMost("athena_session_startup_seconds_count", value("athena_sessions_started_total"));
  const allEnded = ended.reduce((sum, count) => sum + count, 0);
  expectAtMost("athena_session_idle_before_end_seconds_count", allEnded);
}
