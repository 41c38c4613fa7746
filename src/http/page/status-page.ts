import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { formatSessionOrder } from "../../config/values/session-order.ts";
import { accountSection } from "./account-table.ts";
import { dashboardLinks, formatCount, formatPlural } from "./components.ts";
import { html, Html } from "./html.ts";
import { overviewOf, type PageData, type Totals } from "./overview.ts";
import { stateBar } from "./state-bar.ts";
import {
  DEFAULT_REFRESH_SECONDS,
  MAX_QUERY_LENGTH,
  pageHref,
  URGENCY,
  type PageRequest,
} from "./page-request.ts";
import { sessionSection } from "./session-table.ts";
import { headline, totalsList } from "./summary.ts";
import { formatOrder } from "./workgroup-order.ts";
import { workgroupSection } from "./workgroup-table.ts";

const STYLESHEET = readFileSync(new URL("./status-page.css", import.meta.url), "utf8");
/** An icon in the page itself, so that browsers do not ask for one. */
const ICON = new Html(
  `<link rel="icon" href="data:image/svg+xml,${encodeURIComponent(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="4" fill="#0b5cad"/>' +
      '<path d="M3 11h2V7H3zm4 2h2V3H7zm4-4h2V5h-2z" fill="#fff"/></svg>',
  )}" />`,
);
const STYLE = new Html(`<style>${STYLESHEET}</style>`);

/** The source of a Content-Security-Policy that allows the page's styles, and no others. */
export const STYLE_SOURCE = `'sha256-${createHash("sha256").update(STYLESHEET).digest("base64")}'`;

/**
 * Renders the status page as a complete HTML document without scripts.
 * @param nowMs wall-clock time in Unix milliseconds
 */
export function renderStatusPage(data: PageData, request: PageRequest, nowMs: number): string {
  const overview = overviewOf(data, request);
  const accounts = accountSection(overview.accounts, data.organization, nowMs);
  // Failing accounts and regions explain what is missing in the other sections.
  const accountsFirst = overview.totals.failingAccounts > 0 || data.organization?.failure !== undefined;
  // Zeros would look like an answer.
  const isEmpty = overview.isFiltered && overview.totals.workgroups === 0;
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title(overview.totals)}</title>
        ${ICON}${STYLE}
      </head>
      <body>
        <a class="skip" href="#main">Skip to the sessions and workgroups</a>
        ${pageHeader(data, nowMs)}
        <main id="main" tabindex="-1">
          ${headline(overview, data.organization)}
          ${!isEmpty && html`${totalsList(overview.totals)} ${stateBar(overview.totals, request)}`}
          ${filterForm(request, overview.totals.workgroups, data.workgroups.length)}
          ${accountsFirst && accounts} ${sessionSection(overview, request, data.grafanaUrl)}
          ${workgroupSection(overview, request, data.grafanaUrl, nowMs)} ${!accountsFirst && accounts}
        </main>
        <footer>
          Counts and durations are as of each workgroup's last successful poll.
          <span class="screen">${refreshNote(request)}</span>
        </footer>
      </body>
    </html> `;
  return page.markup;
}

/** How often the page is loaded again, and the link that changes that. */
function refreshNote(request: PageRequest): Html {
  const { refreshSeconds } = request;
  if (refreshSeconds === 0) {
    const href = pageHref({ ...request, refreshSeconds: DEFAULT_REFRESH_SECONDS });
    return html`The page does not refresh itself. <a href="${href}">Refresh it every minute</a>`;
  }
  const href = pageHref({ ...request, refreshSeconds: 0 });
  return html`The page refreshes itself every ${refreshSeconds} seconds. <a href="${href}">Stop that</a>`;
}

function title({ failing, failingAccounts, byState: { DEGRADED: degraded } }: Totals): string {
  const failures = failing + failingAccounts;
  const problems = [failures > 0 && `${failures} failing`, degraded > 0 && `${degraded} degraded`];
  return [...problems.filter(Boolean), "Athena Spark sessions"].join(" · ");
}

function pageHeader({ version, telemetryPath, grafanaUrl }: PageData, nowMs: number): Html {
  const time = new Date(nowMs).toISOString();
  return html`<header>
    <h1>Athena Spark sessions</h1>
    <p>athena-session-exporter ${version}</p>
    <p>
      as of <time datetime="${time}">${time.slice(0, 19).replace("T", " ")} UTC</time> ·
      ${grafanaUrl !== undefined && html`${dashboardLinks(grafanaUrl)} · `}<a href=".${telemetryPath}"
        >metrics</a
      >
    </p>
  </header>`;
}

/** The filter. It keeps the sort order and leads to the first page. */
function filterForm(request: PageRequest, matching: number, total: number): Html {
  const { query, state, unknownState, order, sessionOrder, refreshSeconds } = request;
  const sort = formatOrder(order);
  const result = html`<span role="status"
      >${formatCount(matching)} of
      ${formatPlural(total, "workgroup")}${state !== undefined && ` with ${state} sessions`}</span
    >
    <a href="${pageHref({ ...request, query: "", state: undefined, pageNumber: 1 })}">Show all</a>`;
  return html`<form method="get" action="./" role="search">
    <label for="q">Filter</label>
    <input
      id="q"
      name="q"
      type="search"
      value="${query}"
      placeholder="session, description, workgroup, account, region or reason"
      maxlength="${MAX_QUERY_LENGTH}"
    />
    ${state !== undefined && html`<input type="hidden" name="state" value="${state}" />`}
    ${sort !== "" && html`<input type="hidden" name="sort" value="${sort}" />`}
    ${
      sessionOrder.by !== URGENCY.by &&
      html`<input type="hidden" name="order" value="${formatSessionOrder(sessionOrder)}" />`
    }
    ${
      refreshSeconds !== DEFAULT_REFRESH_SECONDS &&
      html`<input type="hidden" name="refresh" value="${refreshSeconds}" />`
    }
    <button type="submit">Filter</button>
    ${(query !== "" || state !== undefined) && result}
    ${
      unknownState !== "" &&
      html`<p class="note">There is no state “${unknownState}”, so sessions in every state are shown.</p>`
    }
  </form>`;
}
