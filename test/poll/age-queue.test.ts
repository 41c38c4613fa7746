import * as fc from "fast-check";
import { expect, it } from "vitest";
import { AgeQueue } from "../../src/poll/age-queue.ts";

it("gives its keys oldest first, whatever was added and removed", () => {
  const step = fc.record({
    key: fc.constantFrom("a", "b", "c", "d", "e"),
    startedMs: fc.integer({ min: 0, max: 20 }),
    isRemoval: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const queue = new AgeQueue();
      const expected = new Map<string, number>();
      for (const { key, startedMs, isRemoval } of steps) {
        if (isRemoval) {
          expect(queue.remove(key)).toBe(expected.delete(key));
          continue;
        }
        queue.add(key, startedMs);
        expected.set(key, startedMs);
      }
      expect(queue.size).toBe(expected.size);
      const drained: number[] = [];
      for (let head = queue.head; head !== undefined; head = queue.head) {
        expect(head.startedMs).toBe(expected.get(head.key));
        drained.push(head.startedMs);
        queue.remove(head.key);
      }
      expect(drained).toEqual([...expected.values()].sort((a, b) => a - b));
    }),
  );
});
