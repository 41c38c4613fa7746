import * as fc from "fast-check";
import stringWidth from "string-width";
import { expect, test } from "vitest";
import { renderTable, type Column } from "../../src/commands/text-table.ts";

const WIDEST = 8;

const column = fc.record({
  title: fc.stringMatching(/^[A-Z]{1,8}$/),
  rank: fc.integer({ min: 0, max: 9 }),
  minWidth: fc.option(fc.integer({ min: 1, max: 8 }), { nil: undefined }),
});
const text = fc.oneof(fc.stringMatching(/^[a-z ]{0,40}$/), fc.constantFrom("数据数据数据", "e\u0301", "👩‍👩‍👧"));

test("a table is never wider than wanted, keeps the column of the highest rank, and has a line for each row", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(column, { minLength: 1, maxLength: 6, selector: ({ rank }) => rank }),
      fc.array(fc.array(text, { minLength: 6, maxLength: 6 }), { maxLength: 5 }),
      fc.integer({ min: WIDEST, max: 120 }),
      (drawn, rows, maxWidth) => {
        const highest = Math.max(...drawn.map(({ rank }) => rank));
        const columns = drawn.map(({ minWidth, ...rest }, index): Column<readonly string[]> => ({
          ...rest,
          // The one that is never left out has short cells here.
          text: (row) => (rest.rank === highest ? "id" : (row[index] ?? "")),
          ...(minWidth !== undefined && rest.rank !== highest && { minWidth }),
        }));
        const lines = renderTable(columns, rows, { maxWidth, hasColors: false }).split("\n").slice(0, -1);
        expect(lines.filter((line) => stringWidth(line) > maxWidth)).toEqual([]);
        expect(lines).toHaveLength(rows.length + 1);
        for (const line of lines.slice(1)) expect(line).toContain("id");
      },
    ),
  );
});
