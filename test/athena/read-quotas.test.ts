import { expect, test } from "vitest";
import { readQuotas } from "../../src/athena/read-quotas.ts";

const read = (body: unknown) => readQuotas("ListServiceQuotas", Buffer.from(JSON.stringify(body)));

test("quotas are names and values", () => {
  const Quotas = [{ QuotaName: "On-Demand DPUs", Value: 4 }, { Value: 0 }];
  expect(read({ Quotas, NextToken: "next" })).toEqual({
    items: [
      ["On-Demand DPUs", 4],
      ["", 0],
    ],
    nextToken: "next",
  });
});

test.each([
  ["negative", { QuotaName: "a", Value: -1 }],
  ["text", { QuotaName: "a", Value: "4" }],
  ["absent", { QuotaName: "a" }],
  ["of a quota whose name is no text", { QuotaName: 1, Value: 4 }],
  ["of no quota", null],
])("a value that is wrong is a failure: %s", (_what, quota) => {
  expect(() => read({ Quotas: [quota] })).toThrow(expect.objectContaining({ reason: "malformed_response" }));
});
