import { COUNTED_STATES } from "../../sessions/session.ts";
import {
  accountName,
  badge,
  failureRow,
  formatAgo,
  formatCount,
  formatSeconds,
  numberCell,
  table,
  type Tone,
  workgroupName,
} from "./components.ts";
import { html, type Html } from "./html.ts";
import type { Overview } from "./overview.ts";
import { pageHref, type PageRequest } from "./page-request.ts";
import { type PageOf, pager } from "./pager.ts";
import type { WorkgroupEntry, WorkgroupStatus } from "./workgroup-entry.ts";
import { sortDirection, WORKGROUP_COLUMNS, type WorkgroupColumn } from "./workgroup-order.ts";

const FRAGMENT = "workgroups";

const TONES: Readonly<Record<WorkgroupStatus, Tone>> = {
  "no data": "bad",
  failing: "bad",
  waiting: "wait",
  degraded: "bad",
  stuck: "warn",
  "long idle": "warn",
  ok: "good",
};

/** One page of the workgroups in the requested order, each with what to do if it is failing. */
export function workgroupSection(
  { isFiltered, workgroups, accounts }: Overview,
  request: PageRequest,
  grafanaUrl: string | undefined,
  nowMs: number,
): Html {
  const isWaiting = accounts.some(({ up, failure }) => !up && failure === undefined);
  const rows = workgroups.items.map((entry) => workgroupRow(entry, grafanaUrl, nowMs));
  return html`<section aria-labelledby="${FRAGMENT}">
    <h2 id="${FRAGMENT}">Workgroups</h2>
    ${request.unknownOrder !== "" && unknownOrderNote(request.unknownOrder)}
    ${
      rows.length === 0
        ? html`<p class="note">${emptyText(isFiltered, isWaiting)}</p>`
        : table(
            caption(workgroups),
            WORKGROUP_COLUMNS.map((column) => heading(column, request)),
            rows,
          )
    }
    ${pager(workgroups, request, FRAGMENT)}
  </section>`;
}

function unknownOrderNote(unknownOrder: string): Html {
  const names = WORKGROUP_COLUMNS.map(({ name }) => name).join(", ");
  return html`<p class="note">
    There is no sort order “${unknownOrder}”, so the most severe status is first. Valid orders are ${names};
    “-” before a name reverses the order.
  </p>`;
}

function emptyText(isFiltered: boolean, isWaiting: boolean): string {
  if (isFiltered) {
    return "No workgroup matches the filter. It searches for each word in names, accounts, regions, states and reasons, and in sessions.";
  }
  return isWaiting
    ? "No workgroup is known yet. Reload the page in a few seconds."
    : "No workgroup was found. The table of accounts and regions shows what fails.";
}

function caption({ items, before, total }: PageOf<WorkgroupEntry>): string {
  const text = "Active sessions by state in each workgroup";
  if (items.length === total) return text;
  return `${text}, ${formatCount(before + 1)} to ${formatCount(before + items.length)} of ${formatCount(total)}`;
}

/** A heading with a link that sorts by its column, or reverses the order if the table is already sorted by it. */
function heading(column: WorkgroupColumn, request: PageRequest): Html {
  const isCurrent = request.order.column === column;
  const isReversed = isCurrent && !request.order.isReversed;
  const href = pageHref({ ...request, order: { column, isReversed }, pageNumber: 1 });
  const direction = sortDirection(request.order);
  const isNumber = column.isText !== true && column.name !== "worst";
  return html`<th scope="col" class="${isNumber && "n"}" ${isCurrent && html`aria-sort="${direction}"`}>
    <a href="${href}#${FRAGMENT}"
      >${column.title}${
        isCurrent && html`<span aria-hidden="true"> ${direction === "ascending" ? "▲" : "▼"}</span>`
      }</a
    >
  </th>`;
}

function workgroupRow(entry: WorkgroupEntry, grafanaUrl: string | undefined, nowMs: number): Html {
  const { view, status, sessions } = entry;
  const { snapshot, failure } = view;
  const counts = [sessions, ...COUNTED_STATES.map((state) => snapshot?.sessions[state]), snapshot?.idleDpus];
  return html`<tr>
      <td>${badge(status, TONES[status])}</td>
      <th scope="row">${workgroupName(view, grafanaUrl)}</th>
      <td>${accountName(view)}</td>
      <td>${view.region}</td>
      ${counts.map((count) => numberCell(count))} ${numberCell(snapshot?.longestIdleSeconds, formatSeconds)}
      <td class="n">${formatAgo(view.lastSuccessMs, nowMs)}</td>
    </tr>
    ${failure && failureRow(failure, view, WORKGROUP_COLUMNS.length)}`;
}
