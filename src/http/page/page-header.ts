import { dashboardLinks } from "./dashboard-link.ts";
import { html, type Html } from "./html.ts";
import type { PageData } from "./page-source.ts";

/** What this is, of when, and where else to look. */
export function pageHeader({ version, telemetryPath, grafanaUrl }: PageData, nowMs: number): Html {
  return html`<header>
    <h1>Athena Spark sessions</h1>
    <p>athena-session-exporter ${version}</p>
    <p>
      as of <time datetime="${new Date(nowMs).toISOString()}">${timeText(nowMs)}</time> ·
      ${grafanaUrl === undefined ? html`` : html`${dashboardLinks(grafanaUrl)} · `}<a href="${telemetryPath}"
        >metrics</a
      >
    </p>
  </header>`;
}

function timeText(nowMs: number): string {
  return `${new Date(nowMs).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}
