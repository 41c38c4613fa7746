import { orderText, parseOrder, type WorkgroupOrder, WORST_FIRST } from "./workgroup-order.ts";

/** What a reader asks the page for. */
export interface PageRequest {
  /** What to filter by; empty for all. */
  readonly query: string;
  readonly order: WorkgroupOrder;
  /** An order that was asked for and that there is not; empty where none was. */
  readonly unknownOrder: string;
  /** Which page of workgroups, from 1; there may be fewer. */
  readonly pageNumber: number;
}

export const MAX_QUERY = 200;
const MAX_ORDER = 40;
const PAGE_NUMBER = /^[1-9]\d{0,5}$/;

/** Reads a request's parameters. Whatever they hold, there is a page: what makes no sense is left at its default. */
export function readPageRequest(parameters: URLSearchParams): PageRequest {
  const sort = (parameters.get("sort") ?? "").slice(0, MAX_ORDER);
  const order = parseOrder(sort);
  const page = parameters.get("page") ?? "";
  return {
    query: (parameters.get("q") ?? "").slice(0, MAX_QUERY).trim(),
    order: order ?? WORST_FIRST,
    unknownOrder: order === undefined ? sort : "",
    pageNumber: PAGE_NUMBER.test(page) ? Number(page) : 1,
  };
}

/** The address of a page; what is at its default is left out. */
export function pageHref({ query, order, pageNumber }: PageRequest): string {
  const sort = sortText(order);
  const parameters = new URLSearchParams({
    ...(query !== "" && { q: query }),
    ...(sort !== "" && { sort }),
    ...(pageNumber !== 1 && { page: String(pageNumber) }),
  });
  return parameters.size === 0 ? "/" : `/?${parameters.toString()}`;
}

/** As `?sort=` says it; empty for the default. */
export function sortText(order: WorkgroupOrder): string {
  const text = orderText(order);
  return text === orderText(WORST_FIRST) ? "" : text;
}
