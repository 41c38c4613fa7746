import { expect, test } from "vitest";
import { metricsDocumentation } from "../../src/metrics/documentation.ts";

test("the documentation has a row for every family, with type, labels and meaning", () => {
  const text = metricsDocumentation();
  expect(text).toContain(
    "| `athena_workgroup_up` | gauge | `aws_account_id`, `aws_region`, `workgroup` | 1 if the last poll succeeded",
  );
  const names = text.match(/^\| `athena_\w+`/gm) ?? [];
  expect(names.length).toBeGreaterThanOrEqual(37);
  expect(new Set(names).size).toBe(names.length);
});
