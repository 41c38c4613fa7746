import { formatDuration } from "../../duration.ts";
import type { Failure } from "../../failure.ts";
import { DASHBOARDS } from "../../project.ts";
import { advise, type FailurePlace } from "../../snapshot/advice.ts";
import type { WorkgroupView } from "../../snapshot/view.ts";
import { html, type Html } from "./html.ts";

/** How good or bad something is; the stylesheet has a colour for each. */
export type Tone = "bad" | "warn" | "good" | "wait";

/** A table that scrolls horizontally, also with the keyboard. `caption` is also the accessible name of the region. */
export function table(caption: string, head: readonly Html[], rows: readonly Html[]): Html {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}">
    <table>
      <caption>
        <span>${caption}</span>
      </caption>
      <thead>
        <tr>
          ${head}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div> `;
}

/** The heading of a column; those of numbers are right-aligned. */
export function column(title: string, type: "text" | "number" = "text"): Html {
  return html`<th scope="col" class="${type === "number" && "n"}">${title}</th>`;
}

/** A dash on the screen, words for screen readers. */
export const NOT_KNOWN = html`<span class="dim" aria-hidden="true">–</span
  ><span class="unseen">not known</span>`;

/** The cell of a number, which is dimmed if it is 0. `format` is formatCount by default. */
export function numberCell(value: number | undefined, format: (value: number) => string = formatCount): Html {
  if (value === undefined) return html`<td class="n">${NOT_KNOWN}</td>`;
  return html`<td class="n${value === 0 && " dim"}">${format(value)}</td>`;
}

/** A row that explains the failure in the row above and says what to do about it. */
export function failureRow(failure: Failure, place: FailurePlace, columns: number): Html {
  return html`<tr class="under">
    <td colspan="${columns}">
      <div class="why">
        <p><strong>${failure.reason}</strong>: ${failure.message}</p>
        <p>${advise(failure, place)}</p>
      </div>
    </td>
  </tr> `;
}

/** A coloured word. */
export function badge(word: string, tone: Tone): Html {
  return html`<span class="badge ${tone}">${word}</span>`;
}

/** An account's configured name, if any, and its id. */
export function accountName({ accountId, accountName }: { accountId: string; accountName: string }): Html {
  const id = accountId === "" ? "account not yet known" : accountId;
  return accountName === "" ? html`${id}` : html`${accountName} <span class="dim">${id}</span>`;
}

/** Links to the dashboards of the fleet and of the exporter. */
export function dashboardLinks(grafanaUrl: string): Html {
  return html`${link(`${grafanaUrl}/d/${DASHBOARDS.fleet}`, html`fleet dashboard`)} ·
  ${link(`${grafanaUrl}/d/athena-session-exporter-health`, html`health dashboard`)}`;
}

/** A workgroup's name, which links to its dashboard if Grafana's URL is configured. */
export function workgroupName(view: WorkgroupView, grafanaUrl: string | undefined): Html {
  const { accountId, region, workgroup } = view;
  if (grafanaUrl === undefined) return html`${workgroup}`;
  const parameters = new URLSearchParams({
    ...(accountId !== "" && { "var-account": accountId }),
    "var-region": region,
    "var-workgroup": workgroup,
  });
  const url = `${grafanaUrl}/d/${DASHBOARDS.workgroup}?${parameters.toString()}`;
  return link(url, html`${workgroup}<span class="unseen"> dashboard</span>`);
}

function link(url: string, text: Html): Html {
  return html`<a href="${url}" rel="noreferrer">${text}</a>`;
}

/** A number with thousands separators: "2,000". */
export function formatCount(count: number): string {
  return count < 1000 ? String(count) : count.toLocaleString("en");
}

/** A number and its noun: "1 workgroup", "2,000 workgroups". */
export function formatPlural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** A duration in whole seconds or larger units: "0s", "45s", "2d 4h". */
export function formatSeconds(seconds: number): string {
  return formatDuration(Math.floor(seconds) * 1000);
}

/** The time since a Unix time in milliseconds, "2m 5s ago"; "never" for 0. */
export function formatAgo(thenMs: number, nowMs: number): string {
  return thenMs === 0 ? "never" : `${formatSeconds((nowMs - thenMs) / 1000)} ago`;
}
