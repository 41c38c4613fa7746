import { html, type Html } from "./html.ts";
import type { Overview } from "./overview.ts";
import { MAX_QUERY, pageHref, type PageRequest, sortText } from "./page-request.ts";
import type { PageData } from "./page-source.ts";
import { countText, plural } from "./page-table.ts";

/** The filter. It keeps the order, and begins at the first page. */
export function searchForm(request: PageRequest, { totals }: Overview, data: PageData): Html {
  const { query, order } = request;
  const sort = sortText(order);
  const all = pageHref({ ...request, query: "", pageNumber: 1 });
  const found = html`<span role="status"
      >${countText(totals.workgroups)} of ${plural(data.workgroups.length, "workgroup")}</span
    >
    <a href="${all}">Show all</a>`;
  return html`<form method="get" action="/" role="search">
    <label for="q">Filter</label>
    <input
      id="q"
      name="q"
      type="search"
      value="${query}"
      placeholder="workgroup, account, region, state or reason"
      maxlength="${MAX_QUERY}"
    />
    ${sort === "" ? html`` : html`<input type="hidden" name="sort" value="${sort}" />`}
    <button type="submit">Filter</button>
    ${query === "" ? html`` : found}
  </form>`;
}
