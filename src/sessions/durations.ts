import { newHistogram, withValues, type Histogram } from "./histogram.ts";
import type { LifeCycleEvent } from "./life-cycle.ts";
import { ENDED_STATES, type EndedState } from "./session.ts";

/** How long the sessions of a workgroup took, in seconds of AWS' own times, each session once. */
export interface SessionDurations {
  /** From the start to the first usable state. */
  readonly startup: Histogram;
  /** From the start to the end, by how it ended. */
  readonly life: Readonly<Record<EndedState, Histogram>>;
  /** How long a session that ended had been IDLE. */
  readonly idleBeforeEnd: Histogram;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const STARTUP_BOUNDS = [5, 10, 20, 30, MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 30 * MINUTE];
const LIFE_BOUNDS = [
  MINUTE,
  5 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  4 * HOUR,
  8 * HOUR,
  24 * HOUR,
];
/** The idle timeout is 1 minute to 8 hours, and 20 minutes by default. */
const IDLE_BOUNDS = [
  MINUTE,
  5 * MINUTE,
  10 * MINUTE,
  20 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  4 * HOUR,
  8 * HOUR,
];

export const newDurations: SessionDurations = {
  startup: newHistogram(STARTUP_BOUNDS),
  life: { TERMINATED: newHistogram(LIFE_BOUNDS), FAILED: newHistogram(LIFE_BOUNDS) },
  idleBeforeEnd: newHistogram(IDLE_BOUNDS),
};

/** The durations after these events; the same object if there are none. When a session ended whose end is UNKNOWN is not known either, so it has none. */
export function addDurations(
  before: SessionDurations,
  events: readonly LifeCycleEvent[],
  startupSeconds: readonly number[],
): SessionDurations {
  if (startupSeconds.length === 0 && events.every(({ kind }) => kind !== "ended")) return before;
  const ended = events.filter(({ endState }) => ENDED_STATES.some((state) => state === endState));
  const lifeOf = (state: EndedState) =>
    withValues(
      before.life[state],
      ended.flatMap(({ endState, ageSeconds }) => (endState === state ? (ageSeconds ?? []) : [])),
    );
  return {
    startup: withValues(before.startup, startupSeconds),
    life: { TERMINATED: lifeOf("TERMINATED"), FAILED: lifeOf("FAILED") },
    idleBeforeEnd: withValues(
      before.idleBeforeEnd,
      ended.flatMap(({ idleSeconds }) => idleSeconds ?? []),
    ),
  };
}
