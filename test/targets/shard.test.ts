import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isOfShard, shardOf } from "../../src/targets/shard.ts";

const KEYS = Array.from(
  { length: 9000 },
  (_, index) => `${String(111111111111 + (index % 30))}|eu-west-${index % 3}|team-${index % 7}-etl-${index}`,
);

describe("shards", () => {
  it("own each key exactly once", () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 40 }), (key, total) => {
        const owners = Array.from({ length: total }, (_, ordinal) => isOfShard(key, { ordinal, total }));
        expect(owners.filter((owns) => owns)).toHaveLength(1);
      }),
    );
  });

  it.each([2, 3, 4, 10])("of a total of %d own about the same number of keys each", (total) => {
    const counts = Array.from({ length: total }, () => 0);
    for (const key of KEYS) counts[shardOf(key, total)] = (counts[shardOf(key, total)] ?? 0) + 1;
    const fair = KEYS.length / total;
    for (const count of counts) expect(Math.abs(count - fair) / fair).toBeLessThan(0.1);
  });

  it.each([1, 2, 3, 9])("added to %d others take over keys without moving any other key", (total) => {
    const moved = KEYS.filter((key) => shardOf(key, total) !== shardOf(key, total + 1));
    expect(moved.every((key) => shardOf(key, total + 1) === total)).toBe(true);
    const fair = KEYS.length / (total + 1);
    expect(Math.abs(moved.length - fair) / fair).toBeLessThan(0.1);
  });

  it("own the same keys in every version", () => {
    const keys = [
      "111111111111|eu-west-1|etl",
      "222222222222|us-east-1|notebooks",
      "333333333333|eu-west-1|etl",
    ];
    expect(keys.map((key) => shardOf(key, 5))).toEqual([4, 0, 3]);
  });
});
