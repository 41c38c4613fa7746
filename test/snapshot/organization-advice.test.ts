import { expect, test } from "vitest";
import { FAILURE_REASONS } from "../../src/failure.ts";
import { adviseOnOrganization } from "../../src/snapshot/organization-advice.ts";

test.each([
  ["access_denied", "ListTagsForResource", /Grant organizations:ListTagsForResource/],
  ["access_denied", "AssumeRole", /Grant sts:AssumeRole/],
  ["not_found", "ListAccounts", /is in no organization/],
  ["not_found", "ListAccountsForParent", /organizational_units/],
  ["throttled", "ListAccounts", /units instead of tags/],
  ["network", "ListAccounts", /organizations\.us-east-1\.amazonaws\.com/],
  ["other", "", /still polled/],
] as const)("%s of %s has advice of its own", (reason, operation, advice) => {
  expect(adviseOnOrganization({ reason, operation }, "111111111111")).toMatch(advice);
});

test.each(FAILURE_REASONS)(
  "%s has advice for every operation, also before the account is known",
  (reason) => {
    for (const operation of ["", "GetCallerIdentity", "AssumeRole", "ListAccounts"]) {
      expect(adviseOnOrganization({ reason, operation }, "")).toMatch(/^[A-Z].*\.$/);
    }
  },
);
