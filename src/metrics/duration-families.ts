import type { SessionDurations } from "../sessions/durations.ts";
import { ENDED_STATES } from "../sessions/session.ts";
import type { WorkgroupView } from "../snapshot/view.ts";
import { histogramSamples, WORKGROUP_LABELS, type Family, type Sample } from "./family.ts";

/** How long sessions took that started or ended after the first successful poll; none where sessions.durations is off. */
export const DURATION_FAMILIES: readonly Family<WorkgroupView>[] = [
  histogram(
    "athena_session_startup_seconds",
    "Time from the start of a session to its first usable state that a poll has seen, CREATED, IDLE or BUSY, by AWS' own times; each session once.",
    [],
    ({ startup }) => histogramSamples(startup),
  ),
  histogram(
    "athena_session_duration_seconds",
    "Time from the start of a session to its end, by AWS' own times; each session once.",
    ["state"],
    ({ life }) => ENDED_STATES.flatMap((state) => histogramSamples(life[state], { state })),
  ),
  histogram(
    "athena_session_idle_before_end_seconds",
    "For how long sessions had been IDLE when they ended, by AWS' own times; each session once, without those that were not IDLE.",
    [],
    ({ idleBeforeEnd }) => histogramSamples(idleBeforeEnd),
  ),
];

/** Whether two views of a workgroup have the same samples of these families, as most polls change none. */
export function haveSameDurations(a: WorkgroupView, b: WorkgroupView): boolean {
  return (
    a.accountId === b.accountId &&
    a.showsDurations === b.showsDurations &&
    a.counters.durations === b.counters.durations
  );
}

function histogram(
  name: string,
  help: string,
  labels: readonly string[],
  samples: (durations: SessionDurations) => readonly Sample[],
): Family<WorkgroupView> {
  return {
    name,
    type: "histogram",
    help,
    labels: [...WORKGROUP_LABELS, ...labels],
    fromSessions: false,
    samples: ({ showsDurations, counters }) => (showsDurations ? samples(counters.durations) : []),
  };
}
