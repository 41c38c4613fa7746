import type { AccountRegionView, OrganizationView } from "../../snapshot/view.ts";
import {
  accountName,
  badge,
  column,
  failureRow,
  formatCount,
  formatAgo,
  formatPlural,
  NOT_KNOWN,
  numberCell,
  table,
} from "./components.ts";
import { html, type Html } from "./html.ts";
import { organizationLine } from "./organization-line.ts";

const MAX_ROWS = 200;

/** `showsQuotas`: whether quotas on DPUs are read. */
function head(showsQuotas: boolean): readonly Html[] {
  return [
    column("Status"),
    column("Account"),
    column("Region"),
    column("Workgroups", "number"),
    ...(showsQuotas ? [column("DPUs in use, at least")] : []),
    column("Last success", "number"),
  ];
}

/** The organization, if there is one, and the credentials and discovery of each account and region. */
export function accountSection(
  accounts: readonly AccountRegionView[],
  organization: OrganizationView | undefined,
  nowMs: number,
): Html {
  const showsQuotas = accounts.some(({ dpuQuotas }) => dpuQuotas !== undefined);
  const rows = accounts.slice(0, MAX_ROWS).map((view) => accountRow(view, showsQuotas, nowMs));
  const more = accounts.length - rows.length;
  return html`<section aria-labelledby="accounts">
    <h2 id="accounts">Accounts and regions</h2>
    ${organization && organizationLine(organization, nowMs)}
    ${
      rows.length === 0
        ? html`<p class="note">No account or region matches the filter.</p>`
        : table(
            "Credentials and discovery in each account and region, failing first",
            head(showsQuotas),
            rows,
          )
    }${more > 0 && html`<p class="note">${formatPlural(more, "more row")}. Filter to see them.</p>`}
  </section>`;
}

function accountRow(view: AccountRegionView, showsQuotas: boolean, nowMs: number): Html {
  const { accountId, region, up, failure } = view;
  return html`<tr>
      <td>${failure ? badge("failing", "bad") : up ? badge("ok", "good") : badge("waiting", "wait")}</td>
      <th scope="row">${accountName(view)}</th>
      <td>${region}</td>
      ${numberCell(view.workgroups)} ${showsQuotas && html`<td>${quotaUse(view)}</td>`}
      <td class="n">${formatAgo(view.lastSuccessMs, nowMs)}</td>
    </tr>
    ${failure && failureRow(failure, { accountId, region }, head(showsQuotas).length)}`;
}

/** "21 of 160 (Apache Spark DPU concurrency)" for each quota that sessions count against, or a dash. */
function quotaUse({ dpuQuotas = new Map(), activeDpus = new Map() }: AccountRegionView): Html {
  const used = [...dpuQuotas].filter(([name]) => (activeDpus.get(name) ?? 0) > 0);
  if (used.length === 0) return dpuQuotas.size === 0 ? NOT_KNOWN : html`0`;
  return html`${used.map(
    ([name, quota], index) =>
      html`${index > 0 && html`<br />`}${formatCount(activeDpus.get(name) ?? 0)} of ${formatCount(quota)}
        <span class="dim">${name}</span>`,
  )}`;
}
