import type { OrganizationView } from "../snapshot/view.ts";
import { renderFamily, single, type Family, type Sample } from "./family.ts";

/** The organization whose accounts are polled; none without one. */
export const ORGANIZATION_FAMILIES: readonly Family<OrganizationView>[] = [
  gauge(
    "athena_organization_up",
    "1 if the last reading of the organization's accounts worked, else 0; 0 until the first success; only with organization.",
    ({ up }) => single(up ? 1 : 0),
  ),
  {
    ...gauge(
      "athena_organization_failing",
      "1, with the reason, while the reading of the organization's accounts fails; absent otherwise.",
      ({ failure }) => (failure === undefined ? [] : [{ labels: { reason: failure.reason }, value: 1 }]),
    ),
    labels: ["reason"],
  },
  gauge(
    "athena_organization_last_success_timestamp_seconds",
    "Unix time when the organization's accounts were last read; 0 until the first success; only with organization.",
    ({ lastSuccessMs }) => single(lastSuccessMs / 1000),
  ),
  gauge(
    "athena_organization_accounts",
    "Number of accounts that the organization had when it was last read, without those that are excluded, closed or suspended; only with organization.",
    ({ accounts }) => single(accounts),
  ),
];

/** Renders the organization: one string a family, in the order of ORGANIZATION_FAMILIES. */
export function renderOrganization(view: OrganizationView): readonly string[] {
  return ORGANIZATION_FAMILIES.map((family) => renderFamily(family, view, ""));
}

function gauge(
  name: string,
  help: string,
  samples: (view: OrganizationView) => readonly Sample[],
): Family<OrganizationView> {
  return { name, type: "gauge", help, labels: [], fromSessions: false, samples };
}
