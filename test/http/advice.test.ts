import { describe, expect, test } from "vitest";
import { FAILURE_REASONS } from "../../src/athena/failure.ts";
import { advise } from "../../src/snapshot/advice.ts";

const WORKGROUP = { accountId: "123456789012", region: "eu-west-1", workgroup: "etl" };

describe("advice", () => {
  test.each(FAILURE_REASONS)("on %s is one sentence", (reason) => {
    for (const subject of [WORKGROUP, { accountId: "", region: "eu-west-1" }]) {
      expect(advise(reason, subject)).toMatch(/^[A-Z][^\n]{20,}\.$/);
    }
  });

  test.each([
    [
      "a workgroup's listing",
      WORKGROUP,
      "Grant athena:ListSessions on arn:aws:athena:eu-west-1:123456789012:workgroup/etl to",
    ],
    [
      "another operation",
      { ...WORKGROUP, operation: "GetSessionStatus" },
      "Grant athena:GetSessionStatus on arn:aws:athena:eu-west-1:123456789012:workgroup/etl to",
    ],
    [
      "an account that is not yet known, in China",
      { ...WORKGROUP, accountId: "", region: "cn-north-1" },
      "Grant athena:ListSessions on arn:aws-cn:athena:cn-north-1:*:workgroup/etl to",
    ],
    [
      "discovery",
      { accountId: "123456789012", region: "eu-west-1" },
      'Grant athena:ListWorkGroups on "*" in eu-west-1 to',
    ],
    [
      "a role",
      { accountId: "123456789012", region: "eu-west-1", operation: "AssumeRole" },
      "Grant sts:AssumeRole on the role that the configuration names to",
    ],
  ])("names the permission that is missing for %s", (_what, subject, wanted) => {
    expect(advise("access_denied", subject)).toContain(wanted);
  });
});
