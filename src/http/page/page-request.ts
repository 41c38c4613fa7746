import {
  formatSessionOrder,
  parseSessionOrder,
  type SessionOrder,
} from "../../config/values/session-order.ts";
import { parseState, type FilterRequest } from "./session-filter.ts";
import { DEFAULT_ORDER, formatOrder, parseOrder, type WorkgroupOrder } from "./workgroup-order.ts";

/** The parameters of a request for the status page. */
export interface PageRequest extends FilterRequest {
  /** A requested state that does not exist; empty if there is none. */
  readonly unknownState: string;
  readonly order: WorkgroupOrder;
  /** The order of the sessions. */
  readonly sessionOrder: SessionOrder;
  /** A requested order that does not exist; empty if there is none. */
  readonly unknownOrder: string;
  /** After how many seconds the browser loads the page again; 0 for never. */
  readonly refreshSeconds: number;
  /** The page of workgroups, from 1; there may be fewer pages. */
  readonly pageNumber: number;
}

export const MAX_QUERY_LENGTH = 200;
/** Long enough to read and to copy a command; polls are as far apart by default. */
export const DEFAULT_REFRESH_SECONDS = 60;
const REFRESH_SECONDS = { min: 5, max: 3600 };
export const URGENCY: SessionOrder = { by: "urgency", isReversed: false };
const MAX_NAME_LENGTH = 40;
const PAGE_NUMBER = /^[1-9]\d{0,5}$/;

/** Parses the parameters of a URL. Invalid ones have their defaults. */
export function readPageRequest(parameters: URLSearchParams): PageRequest {
  const sort = textOf(parameters, "sort").slice(0, MAX_NAME_LENGTH);
  const order = parseOrder(sort);
  const name = textOf(parameters, "state").slice(0, MAX_NAME_LENGTH);
  const state = parseState(name);
  return {
    query: readQuery(parameters),
    state,
    unknownState: state === undefined ? name : "",
    order: order ?? DEFAULT_ORDER,
    sessionOrder: parseSessionOrder(parameters.get("order") ?? "") ?? URGENCY,
    unknownOrder: order === undefined ? sort : "",
    refreshSeconds: readRefresh(parameters),
    pageNumber: readPageNumber(parameters) ?? 1,
  };
}

/** The filter; empty where there is none. */
export function readQuery(parameters: URLSearchParams): string {
  return textOf(parameters, "q").slice(0, MAX_QUERY_LENGTH).trim();
}

function readRefresh(parameters: URLSearchParams): number {
  const text = parameters.get("refresh") ?? "";
  const seconds = /^\d{1,4}$/.test(text) ? Number(text) : DEFAULT_REFRESH_SECONDS;
  const { min, max } = REFRESH_SECONDS;
  return seconds === 0 ? 0 : Math.min(max, Math.max(min, seconds));
}

/** Undefined where it is not given, or no number from 1. */
export function readPageNumber(parameters: URLSearchParams): number | undefined {
  const page = parameters.get("page") ?? "";
  return PAGE_NUMBER.test(page) ? Number(page) : undefined;
}

/** A parameter without characters that would not be shown, or change how others are. */
function textOf(parameters: URLSearchParams, name: string): string {
  return (parameters.get(name) ?? "").replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, " ");
}

/** The URL of a page, relative to every other, without the parameters that have their defaults. */
export function pageHref(request: PageRequest): string {
  const { query, state, order, sessionOrder, refreshSeconds, pageNumber } = request;
  const sort = formatOrder(order);
  const sessions = formatSessionOrder(sessionOrder);
  const parameters = new URLSearchParams({
    ...(query !== "" && { q: query }),
    ...(state !== undefined && { state }),
    ...(sort !== "" && { sort }),
    ...(sessions !== URGENCY.by && { order: sessions }),
    ...(refreshSeconds !== DEFAULT_REFRESH_SECONDS && { refresh: String(refreshSeconds) }),
    ...(pageNumber !== 1 && { page: String(pageNumber) }),
  });
  return parameters.size === 0 ? "./" : `?${parameters.toString()}`;
}
