import type { AccountView } from "../../snapshot/view.ts";
import { agoText } from "./duration-text.ts";
import { html, type Html } from "./html.ts";
import { accountText, badge, column, countText, failureRow, numberColumn, table } from "./page-table.ts";

const MAX_ROWS = 200;
const COLUMNS = 5;

/** Every account's region: credentials and discovery. */
export function accountTable(accounts: readonly AccountView[], nowMs: number): Html {
  const head = [
    column("Status"),
    column("Account"),
    column("Region"),
    numberColumn("Workgroups"),
    numberColumn("Last success"),
  ];
  const shown = accounts.slice(0, MAX_ROWS);
  const more = accounts.length - shown.length;
  const rows = shown.map((view) => accountRow(view, nowMs));
  return html`<section aria-labelledby="accounts">
    <h2 id="accounts">Accounts and regions</h2>
    ${
      rows.length === 0
        ? html`<p class="note">None matches.</p>`
        : table("Credentials and discovery in each account's region, failing first", head, rows)
    }${more > 0 ? html`<p class="note">${more} more; filter to see them.</p>` : html``}
  </section>`;
}

function accountRow(view: AccountView, nowMs: number): Html {
  const { failure } = view;
  return html`<tr>
      <td>${status(view)}</td>
      <th scope="row">${accountText(view)}</th>
      <td>${view.region}</td>
      <td class="n">${countText(view.workgroups)}</td>
      <td class="n">${agoText(view.lastSuccessMs, nowMs)}</td>
    </tr>
    ${failure === undefined ? html`` : failureRow(failure, { accountId: view.accountId, region: view.region }, COLUMNS)}`;
}

function status({ up, failure }: AccountView): Html {
  if (failure !== undefined) return badge("failing", "bad");
  return up ? badge("ok", "good") : badge("waiting", "wait");
}
