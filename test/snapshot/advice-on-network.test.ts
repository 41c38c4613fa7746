import { expect, test } from "vitest";
import { advise } from "../../src/snapshot/advice.ts";

test.each([
  ["ListWorkGroups", "athena.eu-west-1.amazonaws.com"],
  ["GetCallerIdentity", "sts.eu-west-1.amazonaws.com"],
  ["AssumeRole", "sts.eu-west-1.amazonaws.com"],
])("for %s that cannot connect names the host %s", (operation, host) => {
  const place = { accountId: "123456789012", region: "eu-west-1" };
  expect(advise({ reason: "network", operation }, place)).toContain(` to ${host}: `);
});
