import { quoted } from "../../config/problem.ts";
import { readPageNumber, readQuery } from "../page/page-request.ts";

/** The parameters of a request for a list. */
export interface ListRequest<Order> {
  /** The filter; empty for everything. */
  readonly query: string;
  readonly order: Order;
  /** From 1; there may be fewer pages. */
  readonly pageNumber: number;
}

/** The orders that a list has. */
export interface Orders<Order> {
  /** Undefined if there is no such order. */
  readonly parse: (name: string) => Order | undefined;
  readonly byDefault: string;
  /** For messages. */
  readonly names: readonly string[];
}

/** Parses the parameters of a URL. A program is told what is wrong with them, where the status page takes the default. */
export function readListRequest<Order>(
  parameters: URLSearchParams,
  { parse, byDefault, names }: Orders<Order>,
): ListRequest<Order> | { readonly problem: string } {
  const sort = parameters.get("sort") ?? byDefault;
  const order = parse(sort);
  if (order === undefined) {
    const expected = `one of ${names.join(", ")}, after a minus to reverse it`;
    return { problem: `sort: expected ${expected}, got ${quoted(sort)}` };
  }
  const page = parameters.get("page");
  const pageNumber = page === null ? 1 : readPageNumber(parameters);
  if (pageNumber === undefined) {
    return { problem: `page: expected a number from 1 to 999999, got ${quoted(page ?? "")}` };
  }
  return { query: readQuery(parameters), order, pageNumber };
}
