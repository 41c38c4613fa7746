import { expect, test } from "vitest";
import { readOrganizationPage } from "../../src/athena/read-organization.ts";

const encoder = new TextEncoder();
const read = (account: object) =>
  readOrganizationPage("ListAccounts", encoder.encode(JSON.stringify({ Accounts: [account] }))).items[0];

test.each([
  [{ State: "ACTIVE" }, true],
  [{ State: "SUSPENDED" }, false],
  [{ State: "PENDING_CLOSURE" }, false],
  [{ State: "CLOSED" }, false],
  [{ State: "PENDING_ACTIVATION" }, false],
  // A state that AWS adds later must not take an account away.
  [{ State: "NEW" }, true],
  [{ Status: "SUSPENDED" }, false],
  [{ Status: "ACTIVE" }, true],
  [{ State: "ACTIVE", Status: "SUSPENDED" }, true],
  [{}, true],
])("an account with %j can be polled: %s", (state, isActive) => {
  const account = read({ Id: "111111111111", Name: "data", Email: "x@example.com", ...state });
  expect(account).toEqual({ id: "111111111111", name: "data", isActive });
});

test("a name is cleaned, and may be absent", () => {
  expect(read({ Id: "111111111111", Name: "da\u0000ta\n" })?.name).not.toMatch(/\p{Cc}/u);
  expect(read({ Id: "111111111111" })?.name).toBe("");
});

test("a token may be as long as AWS' are", () => {
  const body = (length: number) =>
    encoder.encode(JSON.stringify({ Accounts: [], NextToken: "x".repeat(length) }));
  expect(readOrganizationPage("ListAccounts", body(100_000)).nextToken).toHaveLength(100_000);
  expect(() => readOrganizationPage("ListAccounts", body(100_001))).toThrow(/longer than 100000/);
});

test.each([
  ["ListAccounts", "{}"],
  ["ListAccounts", '{"Accounts":[{"Name":"x"}]}'],
  ["ListAccounts", '{"Accounts":[{"Id":"12"}]}'],
  ["ListAccounts", '{"Accounts":[{"Id":"111111111111","State":1}]}'],
  ["ListOrganizationalUnitsForParent", '{"OrganizationalUnits":[{}]}'],
  ["ListTagsForResource", '{"Tags":[{"Value":"x"}]}'],
] as const)("a malformed response of %s is an error: %s", (operation, body) => {
  expect(() => readOrganizationPage(operation, encoder.encode(body))).toThrow(
    expect.objectContaining({ reason: "malformed_response", operation }),
  );
});
