import { html, type Html } from "./html.ts";
import { pageHref, type PageRequest } from "./page-request.ts";

/** One page of a longer list. */
export interface PageOf<Item> {
  readonly items: readonly Item[];
  /** From 1 to `pages`. */
  readonly number: number;
  /** At least 1. */
  readonly pages: number;
  /** The number of items on the pages before this one. */
  readonly before: number;
  /** The number of items on all pages. */
  readonly total: number;
}

/** The requested page, or the last one if there are fewer. `items` must reach to the end of the page. */
export function pageOf<T>(items: readonly T[], total: number, requested: number, size: number): PageOf<T> {
  const pages = Math.max(1, Math.ceil(total / size));
  const number = Math.min(requested, pages);
  const before = (number - 1) * size;
  return { items: items.slice(before, before + size), number, pages, before, total };
}

/** Pages before and after the current one that have links, besides the first and the last page. */
const NEIGHBOURS = 2;

/** Links to the other pages, if there are any, each to the anchor `fragment`. */
export function pager({ number, pages }: PageOf<unknown>, request: PageRequest, fragment: string): Html {
  if (pages === 1) return html``;
  const href = (pageNumber: number) => `${pageHref({ ...request, pageNumber })}#${fragment}`;
  const shown = Array.from({ length: pages }, (_, index) => index + 1).filter(
    (page) => page === 1 || page === pages || Math.abs(page - number) <= NEIGHBOURS,
  );
  const links = shown.map((page, index) => {
    const hasGap = page - (shown[index - 1] ?? 0) > 1;
    return html`${hasGap && html`<li aria-hidden="true">…</li>`}
      <li>
        <a href="${href(page)}" ${page === number && html` aria-current="page"`}
          ><span class="unseen">Page </span>${page}</a
        >
      </li>`;
  });
  return html`<nav aria-label="Pages of workgroups">
    <ul>
      ${number > 1 && html`<li><a href="${href(number - 1)}" rel="prev">Previous</a></li>`} ${links}
      ${number < pages && html`<li><a href="${href(number + 1)}" rel="next">Next</a></li>`}
    </ul>
  </nav>`;
}
