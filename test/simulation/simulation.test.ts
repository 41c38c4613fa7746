import { describe, expect, test } from "vitest";
import { drawWorld } from "./draw-world.ts";
import { itemsOf } from "./model.ts";
import { PINNED_SEEDS } from "./pinned-seeds.ts";
import { runWorld } from "./run-world.ts";
import { shrink } from "./shrink.ts";

/** A day of the exporter takes a second, and several on a busy machine. */
const TIMEOUT_MS = 120_000;
/** The others are run by `npm run simulate`. */
const SEEDS = PINNED_SEEDS.slice(0, 6);

test.each(SEEDS)("the exporter keeps its promises in world %i", { timeout: TIMEOUT_MS }, async (seed) => {
  const { violations, requests } = await runWorld(drawWorld(seed));
  expect(violations).toEqual([]);
  expect(requests).toBeGreaterThan(100);
});

describe("a world", () => {
  test("goes the same way every time", { timeout: TIMEOUT_MS }, async () => {
    const world = { ...drawWorld(14), durationMs: 3_600_000 };
    expect(await runWorld(world)).toEqual(await runWorld(world));
  });

  test("in which a promise does not hold is shrunk to what breaks it", { timeout: TIMEOUT_MS }, async () => {
    // Two workgroups of one name at a time are no world of AWS, so that no exporter can be right.
    const world = { ...drawWorld(14), durationMs: 3_600_000, settings: {} };
    const [first] = itemsOf(world.items, "workgroup");
    if (first === undefined) throw new Error("the world has no workgroup");
    const lonely = itemsOf(world.items, "session").filter(({ workgroup }) => workgroup === first.id);
    const own = {
      ...first,
      account: world.ownAccount,
      region: world.defaultRegion,
      name: "etl",
      isSpark: true,
      engineVersion: "PySpark engine version 3",
    };
    const twin = { ...own, id: "twin" };
    const living = {
      kind: "session" as const,
      workgroup: "twin",
      id: "unseen",
      steps: [{ atMs: 0, state: "IDLE" as const }],
      omits: [],
    };
    const broken = { ...world, items: [own, twin, living, ...lonely] };
    const { violations } = await runWorld(broken);
    const [violation] = violations;
    if (violation === undefined) throw new Error("nothing was noticed");
    const shrunk = await shrink(broken, violation, 60);
    expect(shrunk.violation.rule).toBe(violation.rule);
    expect(shrunk.world.items.length).toBeLessThanOrEqual(3);
  });
});
