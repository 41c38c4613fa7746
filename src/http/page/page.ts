import { accountTable } from "./account-table.ts";
import { headline } from "./headline.ts";
import { html, Html } from "./html.ts";
import { type Overview, overviewOf } from "./overview.ts";
import { pageHeader } from "./page-header.ts";
import type { PageRequest } from "./page-request.ts";
import type { PageData } from "./page-source.ts";
import { PAGE_STYLE } from "./page-style.ts";
import { searchForm } from "./search-form.ts";
import { sessionSection } from "./session-table.ts";
import type { Totals } from "./totals.ts";
import { totalsList } from "./totals-list.ts";
import { workgroupSection } from "./workgroup-table.ts";

/**
 * The page for people: the whole document, without scripts.
 * @param nowMs wall-clock time
 */
export function renderPage(data: PageData, request: PageRequest, nowMs: number): string {
  const overview = overviewOf(data, request);
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
        <a class="skip" href="#main">Skip to the sessions and workgroups</a>
        ${pageHeader(data, nowMs)}
        <main id="main" tabindex="-1">
          ${headline(overview)} ${totalsList(overview.totals)} ${searchForm(request, overview, data)}
          ${sections(overview, data, request, nowMs)}
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

/** Where credentials or discovery fail, that explains the rest and comes first. */
function sections(overview: Overview, data: PageData, request: PageRequest, nowMs: number): readonly Html[] {
  const accounts = accountTable(overview.accounts, nowMs);
  const others = [
    sessionSection(overview.sessions, data.grafanaUrl),
    workgroupSection(overview, request, data.grafanaUrl, nowMs),
  ];
  return overview.totals.failingAccounts > 0 ? [accounts, ...others] : [...others, accounts];
}
