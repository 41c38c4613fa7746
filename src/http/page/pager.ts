import { html, type Html } from "./html.ts";
import { pageHref, type PageRequest } from "./page-request.ts";

/** One page of a list that is too long for one. */
export interface PageOf<Item> {
  readonly items: readonly Item[];
  /** From 1 to `pages`. */
  readonly number: number;
  /** At least 1. */
  readonly pages: number;
  /** How many items come before these. */
  readonly before: number;
  /** How many items there are on all pages. */
  readonly total: number;
}

/** That page, or the last one where there are not so many. `items`: at least all up to the end of the page. */
export function pageOf<Item>(
  items: readonly Item[],
  total: number,
  wanted: number,
  size: number,
): PageOf<Item> {
  const pages = Math.max(1, Math.ceil(total / size));
  const number = Math.min(wanted, pages);
  const before = (number - 1) * size;
  return { items: items.slice(before, before + size), number, pages, before, total };
}

/** Pages on either side of the present one that have links of their own. */
const NEIGHBOURS = 2;

/** Links to the other pages; nothing where there is only one. `fragment`: where on the page they lead. */
export function pager({ number, pages }: PageOf<unknown>, request: PageRequest, fragment: string): Html {
  if (pages === 1) return html``;
  const href = (pageNumber: number) => `${pageHref({ ...request, pageNumber })}#${fragment}`;
  const step = (to: number, text: string, rel: string) =>
    to < 1 || to > pages ? html`` : html`<li><a href="${href(to)}" rel="${rel}">${text}</a></li>`;
  return html`<nav aria-label="Pages of workgroups">
    <ul>
      ${step(number - 1, "Previous", "prev")}
      ${shownPages(number, pages).map((page) => pageItem(page, number, href))}
      ${step(number + 1, "Next", "next")}
    </ul>
  </nav>`;
}

/** The first, the last and those about the present one; "gap" where some are left out. */
function shownPages(number: number, pages: number): readonly (number | "gap")[] {
  const from = Math.max(1, number - NEIGHBOURS);
  const to = Math.min(pages, number + NEIGHBOURS);
  const near = Array.from({ length: to - from + 1 }, (_, index) => from + index);
  return [
    ...(from > 1 ? [1] : []),
    ...(from > 2 ? ["gap" as const] : []),
    ...near,
    ...(to < pages - 1 ? ["gap" as const] : []),
    ...(to < pages ? [pages] : []),
  ];
}

function pageItem(page: number | "gap", current: number, href: (page: number) => string): Html {
  if (page === "gap") return html`<li aria-hidden="true">…</li>`;
  const isCurrent = page === current;
  return html`<li>
    <a href="${href(page)}" ${isCurrent ? html` aria-current="page"` : html``}
      ><span class="unseen">Page </span>${page}</a
    >
  </li>`;
}
