import type { AccountRegionView } from "../../snapshot/view.ts";
import {
  accountName,
  badge,
  column,
  failureRow,
  formatAgo,
  formatPlural,
  numberCell,
  table,
} from "./components.ts";
import { html, type Html } from "./html.ts";

const MAX_ROWS = 200;
const HEAD = [
  column("Status"),
  column("Account"),
  column("Region"),
  column("Workgroups", "number"),
  column("Last success", "number"),
];

/** The credentials and discovery of each account and region. */
export function accountSection(accounts: readonly AccountRegionView[], nowMs: number): Html {
  const rows = accounts.slice(0, MAX_ROWS).map((view) => accountRow(view, nowMs));
  const more = accounts.length - rows.length;
  return html`<section aria-labelledby="accounts">
    <h2 id="accounts">Accounts and regions</h2>
    ${
      rows.length === 0
        ? html`<p class="note">No account or region matches the filter.</p>`
        : table("Credentials and discovery in each account and region, failing first", HEAD, rows)
    }${more > 0 && html`<p class="note">${formatPlural(more, "more row")}. Filter to see them.</p>`}
  </section>`;
}

function accountRow(view: AccountRegionView, nowMs: number): Html {
  const { accountId, region, up, failure } = view;
  return html`<tr>
      <td>${failure ? badge("failing", "bad") : up ? badge("ok", "good") : badge("waiting", "wait")}</td>
      <th scope="row">${accountName(view)}</th>
      <td>${region}</td>
      ${numberCell(view.workgroups)}
      <td class="n">${formatAgo(view.lastSuccessMs, nowMs)}</td>
    </tr>
    ${failure && failureRow(failure, { accountId, region }, HEAD.length)}`;
}
