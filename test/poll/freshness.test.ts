import { describe, expect, it } from "vitest";
import { byRotation, bySchedule, simulateDay, type Ages, type Day } from "./simulated-day.ts";

const MINUTE_MS = 60_000;
const day: Day = {
  seed: 1,
  workgroups: 1000,
  callsPerSecond: 5,
  intervalMs: 30_000,
  activeShare: 0.05,
  activeForMs: Infinity,
  burst: 0,
};

/** Ages by the schedule as parts of those by plain rotation with the same calls. */
function againstRotation(changes: Partial<Day>): Ages {
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

describe.each([1, 2, 3])("a day of 1,000 workgroups at 5 calls a second, seed %i", (seed) => {
  it.each([
    { name: "always the same", activeForMs: Infinity, active: 0.15 },
    { name: "active for 4 hours", activeForMs: 240 * MINUTE_MS, active: 0.2 },
    { name: "active for an hour", activeForMs: 60 * MINUTE_MS, active: 0.25 },
    { name: "active for 20 minutes", activeForMs: 20 * MINUTE_MS, active: 0.42 },
  ])(
    "5% of them $name: what is active is fresh, and what is quiet does not starve",
    ({ activeForMs, active }) => {
      const ages = againstRotation({ seed, activeForMs });
      expect(ages.knownActiveMs).toBeLessThanOrEqual(0.15);
      expect(ages.activeMs).toBeLessThanOrEqual(active);
      expect(ages.worstQuietMs).toBeLessThanOrEqual(2);
    },
  );

  it("200 that become active at once are all seen, and nothing starves", () => {
    const ages = againstRotation({ seed, burst: 200 });
    expect(ages.burstSeenAfterMs).toBeLessThanOrEqual(450_000);
    expect(ages.worstQuietMs).toBeLessThanOrEqual(2);
  });
});
