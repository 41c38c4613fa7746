import type { WorkgroupView } from "../../snapshot/view.ts";
import { html, type Html } from "./html.ts";

const FLEET = "athena-sessions-fleet";
const WORKGROUP = "athena-sessions-workgroup";
const HEALTH = "athena-session-exporter-health";

/** Links to the dashboards that are about everything. */
export function dashboardLinks(grafanaUrl: string): Html {
  return html`${dashboardLink(`${grafanaUrl}/d/${FLEET}`, html`fleet dashboard`)} ·
  ${dashboardLink(`${grafanaUrl}/d/${HEALTH}`, html`health dashboard`)}`;
}

/** A workgroup's name, which leads to its dashboard where it is known where that is. */
export function workgroupName(view: WorkgroupView, grafanaUrl: string | undefined): Html {
  if (grafanaUrl === undefined) return html`${view.workgroup}`;
  const { accountId, region, workgroup } = view;
  const parameters = new URLSearchParams({
    ...(accountId !== "" && { "var-account": accountId }),
    "var-region": region,
    "var-workgroup": workgroup,
  });
  const url = `${grafanaUrl}/d/${WORKGROUP}?${parameters.toString()}`;
  return dashboardLink(url, html`${workgroup}<span class="unseen"> dashboard</span>`);
}

function dashboardLink(url: string, name: Html): Html {
  return html`<a href="${url}" rel="noreferrer">${name}</a>`;
}
