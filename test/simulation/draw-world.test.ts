import { expect, test } from "vitest";
import { drawWorld } from "./draw-world.ts";
import { Random } from "./random.ts";

test("draws depend on the seed and the name of a fork only", () => {
  const draw = (seed: number, name: string) =>
    Array.from({ length: 5 }, () => new Random(seed).fork(name).integer(0, 1e9));
  expect(draw(1, "a")).toEqual(draw(1, "a"));
  expect(draw(1, "a")).not.toEqual(draw(1, "b"));
  expect(draw(1, "a")).not.toEqual(draw(2, "a"));
});

test("a seed gives the same world every time, and another seed another one", () => {
  expect(drawWorld(7)).toEqual(drawWorld(7));
  expect(drawWorld(7)).not.toEqual(drawWorld(8));
});
