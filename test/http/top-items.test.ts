import * as fc from "fast-check";
import { expect, test } from "vitest";
import { TopItems } from "../../src/http/page/top-items.ts";

test("the top items are the first items of the sorted list", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(50)), fc.integer({ min: 1, max: 20 }), (numbers, limit) => {
      const top = new TopItems<number>(limit, (a, b) => a - b);
      for (const number of numbers) {
        top.add(number);
        // Reading the items in between changes nothing.
        if (number % 2 === 0) top.items();
      }
      expect(top.items()).toEqual(numbers.toSorted((a, b) => a - b).slice(0, limit));
    }),
  );
});
