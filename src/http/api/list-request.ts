import { quoted } from "../../config/problem.ts";
import { COUNTED_STATES } from "../../sessions/session.ts";
import { MAX_QUERY_LENGTH, readPageNumber, readQuery } from "../page/page-request.ts";
import { parseState, type FilterRequest } from "../page/session-filter.ts";

const PARAMETERS = ["q", "state", "sort", "page"];

/** The parameters of a request for a list. */
export interface ListRequest<Order> extends FilterRequest {
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
  const problem = problemOfNames(parameters) ?? problemOfFilter(parameters);
  if (problem !== undefined) return { problem };
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
  const state = parseState(parameters.get("state") ?? "");
  return { query: readQuery(parameters), state, order, pageNumber };
}

/** A misspelt filter must not return everything. */
function problemOfNames(parameters: URLSearchParams): string | undefined {
  const names = [...parameters.keys()];
  const unknown = names.find((name) => !PARAMETERS.includes(name));
  if (unknown !== undefined) {
    return `${quoted(unknown)}: no such parameter; expected ${PARAMETERS.join(", ")}`;
  }
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  return repeated && `${repeated}: expected once, got ${parameters.getAll(repeated).length} times`;
}

function problemOfFilter(parameters: URLSearchParams): string | undefined {
  const state = parameters.get("state");
  if (state !== null && parseState(state) === undefined) {
    return `state: expected one of ${COUNTED_STATES.join(", ")}, got ${quoted(state)}`;
  }
  const { length } = parameters.get("q") ?? "";
  return length > MAX_QUERY_LENGTH
    ? `q: expected at most ${MAX_QUERY_LENGTH} characters, got ${length}`
    : undefined;
}
