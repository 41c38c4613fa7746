import { sessionList, SESSION_LIST, workgroupList, WORKGROUP_LIST } from "./api/lists.ts";
import { readListRequest, type ListRequest, type Orders } from "./api/list-request.ts";
import type { PageData } from "./page/overview.ts";
import { pageHref, readPageRequest } from "./page/page-request.ts";
import { renderStatusPage, STYLE_SOURCE } from "./page/status-page.ts";
import type { RenderedPath } from "./rendered-paths.ts";

/** Something that is rendered from the board. */
interface RenderedResource {
  readonly contentType: "html" | "json";
  readonly headers: ReadonlyMap<string, string>;
  /** What to render for the parameters of a URL, with a key that is the same for the same text; or what is wrong with them. */
  readonly prepare: (parameters: URLSearchParams) => Rendering | { readonly problem: string };
}

interface Rendering {
  readonly key: string;
  /** Beside those of the resource. */
  readonly headers?: ReadonlyMap<string, string>;
  /** `nowMs`: wall-clock time in Unix milliseconds. */
  readonly render: (data: PageData, nowMs: number) => string;
}

const NO_STORE = ["Cache-Control", "no-store"] as const;

/** The status page has no scripts or frames and loads nothing but its icon, which is in it. */
const STATUS_PAGE: RenderedResource = {
  contentType: "html",
  headers: new Map([
    [
      "Content-Security-Policy",
      `default-src 'none'; style-src ${STYLE_SOURCE}; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
    ],
    ["Referrer-Policy", "no-referrer"],
    ["X-Frame-Options", "DENY"],
    NO_STORE,
  ]),
  prepare(parameters) {
    const request = readPageRequest(parameters);
    const { refreshSeconds } = request;
    return {
      // The browser loads the same URL again.
      ...(refreshSeconds > 0 && { headers: new Map([["Refresh", String(refreshSeconds)]]) }),
      key: `${pageHref(request)} ${request.unknownOrder} ${request.unknownState}`,
      render: (data, nowMs) => renderStatusPage(data, request, nowMs),
    };
  },
};

export const RENDERED_RESOURCES: Readonly<Record<RenderedPath, RenderedResource>> = {
  "/": STATUS_PAGE,
  "/api/v1/sessions": list(SESSION_LIST, sessionList),
  "/api/v1/workgroups": list(WORKGROUP_LIST, workgroupList),
};

function list<Order>(
  orders: Orders<Order>,
  render: (data: PageData, request: ListRequest<Order>) => string,
): RenderedResource {
  return {
    contentType: "json",
    headers: new Map([NO_STORE, ["X-Content-Type-Options", "nosniff"]]),
    prepare(parameters) {
      const request = readListRequest(parameters, orders);
      if ("problem" in request) return request;
      const sort = parameters.get("sort") ?? "";
      return {
        key: JSON.stringify([request.query, request.state, sort, request.pageNumber]),
        render: (data) => render(data, request),
      };
    },
  };
}
