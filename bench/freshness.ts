import { byRotation, bySchedule, simulateDay, type Ages, type Day } from "../test/poll/simulated-day.ts";
import { table } from "./table.ts";

const MINUTE_MS = 60_000;
const SEEDS = [1, 2, 3] as const;
const DAY: Omit<Day, "seed"> = {
  workgroups: 1000,
  requestsPerSecond: 5,
  intervalMs: 30_000,
  activeShare: 0.05,
  activeForMs: Infinity,
  burst: 0,
};
const SCENARIOS: readonly { readonly name: string; readonly changes: Partial<Day> }[] = [
  { name: "5%, always the same", changes: {} },
  { name: "5%, each for 4 hours", changes: { activeForMs: 240 * MINUTE_MS } },
  { name: "5%, each for an hour", changes: { activeForMs: 60 * MINUTE_MS } },
  { name: "5%, each for 20 minutes", changes: { activeForMs: 20 * MINUTE_MS } },
  { name: "5%, and 200 more at once", changes: { burst: 200 } },
];

/** The same day, twice. */
interface Pair {
  readonly schedule: Ages;
  readonly rotation: Ages;
}

/** How old what is known is, when the rate limit allows about an eighth of the polls that are wanted. No clock, no network. */
export async function freshness(): Promise<string> {
  const rows = SCENARIOS.map(({ name, changes }) => {
    const days = SEEDS.map((seed) => simulate({ ...DAY, ...changes, seed }));
    return [
      name,
      ...ages(days, ({ knownActiveMs }) => knownActiveMs),
      ...ages(days, ({ activeMs }) => activeMs),
      ...ages(days, ({ worstQuietMs }) => worstQuietMs),
      burst(days),
    ];
  });
  return table(
    [
      "active workgroups",
      "known active, mean age",
      "of rotation's",
      "truly active, mean age",
      "of rotation's",
      "inactive, worst age",
      "of rotation's",
      "last of the burst seen",
    ],
    rows,
  );
}

function simulate(day: Day): Pair {
  return { schedule: simulateDay(day, bySchedule), rotation: simulateDay(day, byRotation) };
}

/** An age of each seed's day, and what part it is of plain rotation's. */
function ages(days: readonly Pair[], ageMs: (ages: Ages) => number): [string, string] {
  const seconds = days.map(({ schedule }) => (ageMs(schedule) / 1000).toFixed(0));
  const ratios = days.map(({ schedule, rotation }) => (ageMs(schedule) / ageMs(rotation)).toFixed(2));
  return [`${seconds.join(", ")} s`, ratios.join(", ")];
}

/** Empty where there was none. */
function burst(days: readonly Pair[]): string {
  const seconds = days.map(({ schedule }) => schedule.burstSeenAfterMs / 1000);
  return seconds.some((second) => second > 0)
    ? `${seconds.map((second) => second.toFixed(0)).join(", ")} s`
    : "";
}
