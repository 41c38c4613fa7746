import { expect, test } from "vitest";
import { renderAccounts } from "../../src/metrics/accounts-text.ts";
import type { OrganizationView } from "../../src/snapshot/view.ts";

function linesOf(organization: OrganizationView | undefined): readonly string[] {
  const board = { accountRegions: () => [], organization: () => organization };
  return renderAccounts(board, "text")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("# HELP"));
}

test("an organization that works", () => {
  const view = { readerAccountId: "111111111111", up: true, lastSuccessMs: 1_700_000_000_500, accounts: 12 };
  expect(linesOf(view)).toEqual([
    "# TYPE athena_organization_up gauge",
    "athena_organization_up 1",
    "# TYPE athena_organization_last_success_timestamp_seconds gauge",
    "athena_organization_last_success_timestamp_seconds 1700000000.5",
    "# TYPE athena_organization_accounts gauge",
    "athena_organization_accounts 12",
  ]);
});

test("an organization that was never read, and why", () => {
  const failure = { reason: "access_denied", operation: "ListAccounts", message: "no" } as const;
  const view = { readerAccountId: "", up: false, failure, lastSuccessMs: 0, accounts: 0 };
  expect(linesOf(view).filter((line) => !line.startsWith("#"))).toEqual([
    "athena_organization_up 0",
    'athena_organization_failing{reason="access_denied"} 1',
    "athena_organization_last_success_timestamp_seconds 0",
    "athena_organization_accounts 0",
  ]);
});

test("without an organization there is none of its metrics", () => {
  expect(linesOf(undefined)).toEqual([]);
});
