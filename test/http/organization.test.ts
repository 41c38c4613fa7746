import { expect, test } from "vitest";
import type { OrganizationView } from "../../src/snapshot/view.ts";
import { FAILURE, NOW_MS, page, visibleText } from "./rendered-page.ts";

const VIEW: OrganizationView = {
  readerAccountId: "111111111111",
  up: true,
  lastSuccessMs: NOW_MS - 90_000,
  accounts: 500,
};

function text(organization: OrganizationView | undefined): string {
  return visibleText(page({ organization }));
}

test("the page says how many accounts the organization has, and when it was read", () => {
  expect(text(VIEW)).toContain("ok Organization: 500 accounts, read 1m 30s ago");
  expect(text({ ...VIEW, up: false, accounts: 0, lastSuccessMs: 0 })).toContain(
    "waiting Organization: 0 accounts, read never",
  );
  expect(text(undefined)).not.toContain("rganization");
});

test("one that cannot be read is in the headline, with the reason and what to do", () => {
  const failure = { ...FAILURE, operation: "ListAccounts", message: "<i>not</i> authorized" };
  const shown = page({ organization: { ...VIEW, up: false, failure } });
  expect(visibleText(shown)).toMatch(/The organization cannot be read\..*failing Organization: 500 accounts/);
  expect(visibleText(shown)).toContain("Grant organizations:ListAccounts");
  expect(shown).toContain("&lt;i&gt;not&lt;/i&gt; authorized");
});
