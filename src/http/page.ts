import { accountTable } from "./account-table.ts";
import { durationText } from "./duration-text.ts";
import { html, Html } from "./html.ts";
import { type Overview, overviewOf, type Totals } from "./overview.ts";
import type { PageData } from "./page-source.ts";
import { PAGE_STYLE } from "./page-style.ts";
import { sessionTable } from "./session-table.ts";
import { workgroupTable } from "./workgroup-table.ts";

/**
 * The page for people: the whole document, without scripts.
 * @param query what was searched for; empty shows all
 * @param nowMs wall-clock time
 */
export function renderPage(data: PageData, query: string, nowMs: number): string {
  const overview = overviewOf(data, query);
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title(overview.totals)}</title>
        <style>
          ${new Html(PAGE_STYLE)}
        </style>
      </head>
      <body>
        <header>
          <h1>Athena Spark sessions</h1>
          <p>athena-session-exporter ${data.version}</p>
          <p>
            as of <time datetime="${new Date(nowMs).toISOString()}">${timeText(nowMs)}</time> ·
            <a href="${data.telemetryPath}">metrics</a>
          </p>
        </header>
        <main>
          ${totalsList(overview.totals)} ${searchForm(query, overview, data)}
          ${sections(overview, query, nowMs)}
        </main>
        <footer>
          Counts and durations are as of each workgroup's last successful poll. Reload the page for newer
          ones.
        </footer>
      </body>
    </html> `;
  return page.markup;
}

function title({ failing, failingAccounts, degraded }: Totals): string {
  const problems = [
    failing + failingAccounts > 0 ? `${failing + failingAccounts} failing` : "",
    degraded > 0 ? `${degraded} degraded` : "",
  ];
  return [...problems.filter(Boolean), "Athena Spark sessions"].join(" · ");
}

function timeText(nowMs: number): string {
  return `${new Date(nowMs).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** Where credentials or discovery fail, that explains the rest and comes first. */
function sections({ totals, ...overview }: Overview, query: string, nowMs: number): readonly Html[] {
  const accounts = accountTable(overview.accounts, nowMs);
  const others = [workgroupTable(overview.workgroups, query, nowMs), sessionTable(overview.sessions)];
  return totals.failingAccounts > 0 ? [accounts, ...others] : [...others, accounts];
}

function totalsList(totals: Totals): Html {
  return html`<dl class="totals">
    ${total("Workgroups failing", `${totals.failing} of ${totals.workgroups}`, totals.failing > 0 ? "bad" : "")}
    ${total("Accounts failing", `${totals.failingAccounts} of ${totals.accounts}`, totals.failingAccounts > 0 ? "bad" : "")}
    ${total("Degraded sessions", String(totals.degraded), totals.degraded > 0 ? "bad" : "")}
    ${total("Longest idle", durationText(totals.longestIdleSeconds), "")}
    ${total("Idle sessions", String(totals.idle), "")} ${total("Idle DPUs", `${totals.idleDpus}`, "")}
    ${total("Busy sessions", String(totals.busy), "")}
    ${total("Living sessions", String(totals.sessions), "")}
  </dl>`;
}

function total(name: string, value: string, tone: "" | "bad"): Html {
  return html`<div class="${tone}">
    <dt>${name}</dt>
    <dd>${value}</dd>
  </div>`;
}

function searchForm(query: string, { totals }: Overview, data: PageData): Html {
  const found =
    query === ""
      ? html``
      : html`<span role="status">${totals.workgroups} of ${data.workgroups.length} workgroups</span>
          <a href="/">Show all</a>`;
  return html`<form method="get" action="/" role="search">
    <label for="q">Filter</label>
    <input
      id="q"
      name="q"
      type="search"
      value="${query}"
      placeholder="workgroup, account, region, state or reason"
      maxlength="200"
    />
    <button type="submit">Filter</button>
    ${found}
  </form>`;
}
