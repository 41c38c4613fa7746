import type { Board } from "../snapshot/board.ts";
import { ACCOUNT_FAMILIES, renderAccountRegion } from "./account-families.ts";
import type { FamilyRow } from "./family.ts";
import { ORGANIZATION_FAMILIES, renderOrganization } from "./organization-families.ts";
import { familyHeader, type Format } from "./text.ts";

/** The families of accounts and regions, and of the organization, as they are now. All are gauges. */
export function renderAccounts(
  board: Pick<Board, "accountRegions" | "organization">,
  format: Format,
): string {
  const rendered = board
    .accountRegions()
    .filter(({ duplicateOf }) => duplicateOf === undefined)
    .map(renderAccountRegion);
  const organization = board.organization();
  const ofOrganization = organization === undefined ? [] : [renderOrganization(organization)];
  return (
    renderFamilies(ACCOUNT_FAMILIES, rendered, format) +
    renderFamilies(ORGANIZATION_FAMILIES, ofOrganization, format)
  );
}

function renderFamilies(
  rows: readonly FamilyRow[],
  texts: readonly (readonly string[])[],
  format: Format,
): string {
  const families = rows.map((family, row) => {
    const lines = texts.map((text) => text[row] ?? "").join("");
    return lines === "" ? "" : familyHeader(family, format) + lines;
  });
  return families.join("");
}
