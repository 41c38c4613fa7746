import { adviseOnOrganization } from "../../snapshot/organization-advice.ts";
import type { OrganizationView } from "../../snapshot/view.ts";
import { badge, formatAgo, formatPlural } from "./components.ts";
import { html, type Html } from "./html.ts";

/** How many accounts the organization has, and why it cannot be read while that fails. */
export function organizationLine(view: OrganizationView, nowMs: number): Html {
  const { up, failure, lastSuccessMs, accounts, readerAccountId } = view;
  const state = failure ? badge("failing", "bad") : up ? badge("ok", "good") : badge("waiting", "wait");
  return html`<p>
      ${state} Organization: ${formatPlural(accounts, "account")}, read ${formatAgo(lastSuccessMs, nowMs)}
    </p>
    ${
      failure &&
      html`<div class="why">
        <p><strong>${failure.reason}</strong>: ${failure.message}</p>
        <p>${adviseOnOrganization(failure, readerAccountId)}</p>
      </div>`
    }`;
}
