import { describe, expect, it } from "vitest";
import { byRotation, bySchedule, simulateDay, type Ages, type Day } from "./simulated-day.ts";

const MINUTE_MS = 60_000;
const day: Day = {
  seed: 1,
  workgroups: 1000,
  requestsPerSecond: 5,
  intervalMs: 30_000,
  activeShare: 0.05,
  activeForMs: Infinity,
  burst: 0,
};

/** Ages with the schedule, as shares of those with a plain rotation at the same rate limit. */
function relativeToRotation(changes: Partial<Day>): Ages {
  const [ours, plain] = [bySchedule, byRotation].map((strategy) =>
    simulateDay({ ...day, ...changes }, strategy),
  );
  if (ours === undefined || plain === undefined) throw new Error("nothing was simulated");
  return {
    knownActiveMs: ours.knownActiveMs / plain.knownActiveMs,
    activeMs: ours.activeMs / plain.activeMs,
    worstQuietMs: ours.worstQuietMs / plain.worstQuietMs,
    burstSeenAfterMs: ours.burstSeenAfterMs,
  };
}

describe.each([1, 2, 3])("a day of 1,000 workgroups at 5 requests a second, seed %i", (seed) => {
  it.each([
    { name: "always the same ones", activeForMs: Infinity, active: 0.15 },
    { name: "each for 4 hours", activeForMs: 240 * MINUTE_MS, active: 0.2 },
    { name: "each for an hour", activeForMs: 60 * MINUTE_MS, active: 0.25 },
    { name: "each for 20 minutes", activeForMs: 20 * MINUTE_MS, active: 0.42 },
  ])(
    "if 5% are active, $name, active workgroups are polled more often and inactive ones are not starved",
    ({ activeForMs, active }) => {
      const ages = relativeToRotation({ seed, activeForMs });
      expect(ages.knownActiveMs).toBeLessThanOrEqual(0.15);
      expect(ages.activeMs).toBeLessThanOrEqual(active);
      expect(ages.worstQuietMs).toBeLessThanOrEqual(2);
    },
  );

  it("if 200 become active at once, all of them are polled within 450 s and inactive ones are not starved", () => {
    const ages = relativeToRotation({ seed, burst: 200 });
    expect(ages.burstSeenAfterMs).toBeLessThanOrEqual(450_000);
    expect(ages.worstQuietMs).toBeLessThanOrEqual(2);
  });
});
