import { expect, test } from "vitest";
import { formatProblem } from "../../src/config/problem.ts";

test("a problem is one line, whatever the source and the message repeat", () => {
  const line = formatProblem({ source: "a\nb", line: 1, column: 2, message: "c\u2028d\u202ee\u001bf\ud800" });
  expect(line).toBe("a?b:1:2: c?d?e?f?");
});
