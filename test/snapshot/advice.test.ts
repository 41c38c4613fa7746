import { describe, expect, test } from "vitest";
import { FAILURE_REASONS } from "../../src/failure.ts";
import { advise } from "../../src/snapshot/advice.ts";

const REGION = { accountId: "123456789012", region: "eu-west-1" };
const WORKGROUP = { ...REGION, workgroup: "etl" };
const ARN = "arn:aws:athena:eu-west-1:123456789012:workgroup/etl";

describe("advice", () => {
  test.each(FAILURE_REASONS)("for %s is one sentence", (reason) => {
    for (const subject of [WORKGROUP, { accountId: "", region: "eu-west-1" }]) {
      expect(advise({ reason, operation: "" }, subject)).toMatch(/^[A-Z][^\n]{20,}\.$/);
    }
  });

  test.each([
    ["a workgroup", "", WORKGROUP, `athena:ListSessions on ${ARN}`],
    ["another operation", "GetSessionStatus", WORKGROUP, `athena:GetSessionStatus on ${ARN}`],
    [
      "the discovery of a workgroup",
      "ListWorkGroups",
      WORKGROUP,
      'athena:ListWorkGroups on "*" in eu-west-1',
    ],
    ["discovery", "", REGION, 'athena:ListWorkGroups on "*" in eu-west-1'],
    ["the account id", "GetCallerIdentity", REGION, 'sts:GetCallerIdentity on "*" in eu-west-1'],
    [
      "an unknown account in China",
      "",
      { ...WORKGROUP, accountId: "", region: "cn-north-1" },
      "athena:ListSessions on arn:aws-cn:athena:cn-north-1:*:workgroup/etl",
    ],
  ])("names the missing permission for %s", (_subject, operation, place, wanted) => {
    expect(advise({ reason: "access_denied", operation }, place)).toBe(
      `Grant ${wanted} to the exporter's role.`,
    );
  });

  test.each([
    ["eu-west-1", "athena.eu-west-1.amazonaws.com"],
    ["cn-north-1", "athena.cn-north-1.amazonaws.com.cn"],
    ["us-gov-west-1", "athena.us-gov-west-1.amazonaws.com"],
    ["eusc-de-east-1", "athena.eusc-de-east-1.amazonaws.eu"],
  ])("for a network failure in %s names the endpoint %s", (region, host) => {
    const advice = advise({ reason: "network", operation: "" }, { ...REGION, region });
    expect(advice).toContain(`from the exporter to ${host}:`);
  });

  test("for a role that cannot be assumed names the role's account, the trust policy and the external id", () => {
    expect(advise({ reason: "access_denied", operation: "AssumeRole" }, REGION)).toBe(
      "Grant sts:AssumeRole on the role of account 123456789012 to the exporter's own identity, and let the role's trust policy allow that identity; if the trust policy asks for an external id, set external_id to it.",
    );
  });
});
