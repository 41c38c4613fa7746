import { describe, expect, test } from "vitest";
import { FAILURE_REASONS } from "../../src/failure.ts";
import { advise } from "../../src/snapshot/advice.ts";

const REGION = { accountId: "123456789012", region: "eu-west-1" };
const WORKGROUP = { ...REGION, workgroup: "etl" };
const ARN = "arn:aws:athena:eu-west-1:123456789012:workgroup/etl";

describe("advice", () => {
  test.each(FAILURE_REASONS)("on %s is one sentence", (reason) => {
    for (const subject of [WORKGROUP, { accountId: "", region: "eu-west-1" }]) {
      expect(advise({ reason, operation: "" }, subject)).toMatch(/^[A-Z][^\n]{20,}\.$/);
    }
  });

  test.each([
    ["a workgroup", "", WORKGROUP, `athena:ListSessions on ${ARN}`],
    ["another operation", "GetSessionStatus", WORKGROUP, `athena:GetSessionStatus on ${ARN}`],
    ["a workgroup's discovery", "ListWorkGroups", WORKGROUP, 'athena:ListWorkGroups on "*" in eu-west-1'],
    ["discovery", "", REGION, 'athena:ListWorkGroups on "*" in eu-west-1'],
    ["a role", "AssumeRole", REGION, "sts:AssumeRole on the role that the configuration names"],
    ["the account's id", "GetCallerIdentity", REGION, 'sts:GetCallerIdentity on "*" in eu-west-1'],
    [
      "an account that is not yet known, in China",
      "",
      { ...WORKGROUP, accountId: "", region: "cn-north-1" },
      "athena:ListSessions on arn:aws-cn:athena:cn-north-1:*:workgroup/etl",
    ],
  ])("names the permission that is missing for %s", (_what, operation, place, wanted) => {
    expect(advise({ reason: "access_denied", operation }, place)).toBe(
      `Grant ${wanted} to the exporter's role.`,
    );
  });
});
