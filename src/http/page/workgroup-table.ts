import { COUNTED_STATES } from "../../sessions/session.ts";
import type { WorkgroupView } from "../../snapshot/view.ts";
import type { Condition } from "./condition.ts";
import { workgroupName } from "./dashboard-link.ts";
import { agoText, durationText } from "./duration-text.ts";
import { html, type Html } from "./html.ts";
import type { Overview } from "./overview.ts";
import { type PageOf, pager } from "./pager.ts";
import { pageHref, type PageRequest } from "./page-request.ts";
import {
  accountText,
  badge,
  countCell,
  countText,
  failureRow,
  NOT_KNOWN,
  table,
  type Tone,
} from "./page-table.ts";
import type { WorkgroupEntry } from "./workgroup-entry.ts";
import { directionOf, WORKGROUP_COLUMNS, type WorkgroupColumn } from "./workgroup-order.ts";

const FRAGMENT = "workgroups";

const TONES: Readonly<Record<Condition, Tone>> = {
  "no data": "bad",
  failing: "bad",
  waiting: "wait",
  degraded: "bad",
  stuck: "warn",
  "long idle": "warn",
  ok: "good",
};

/** A page of the workgroups, in the order that was asked for, with what to do about those that fail. */
export function workgroupSection(
  { workgroups, accounts }: Overview,
  request: PageRequest,
  grafanaUrl: string | undefined,
  nowMs: number,
): Html {
  const isWaiting = accounts.some(({ up, failure }) => !up && failure === undefined);
  return html`<section aria-labelledby="${FRAGMENT}">
    <h2 id="${FRAGMENT}">Workgroups</h2>
    ${unknownOrder(request)}
    ${
      workgroups.total === 0
        ? html`<p class="note">${nothing(request.query, isWaiting)}</p>`
        : grid(workgroups, request, grafanaUrl, nowMs)
    }
    ${pager(workgroups, request, FRAGMENT)}
  </section>`;
}

function unknownOrder({ unknownOrder }: PageRequest): Html {
  if (unknownOrder === "") return html``;
  const names = WORKGROUP_COLUMNS.map(({ name }) => name).join(", ");
  return html`<p class="note">
    There is no order “${unknownOrder}”, so the worst come first. There are ${names}; with - before it, the
    other way round.
  </p>`;
}

function nothing(query: string, isWaiting: boolean): string {
  if (query !== "") {
    return "No workgroup matches. The filter looks for each word in names, accounts, regions, states and reasons.";
  }
  return isWaiting
    ? "No workgroup is known yet: AWS is being asked. Reload the page in a few seconds."
    : "No workgroup is known: accounts and regions say what was found there, and what fails.";
}

function grid(
  { items, before, total }: PageOf<WorkgroupEntry>,
  request: PageRequest,
  grafanaUrl: string | undefined,
  nowMs: number,
): Html {
  const range =
    items.length === total
      ? ""
      : `, ${countText(before + 1)} to ${countText(before + items.length)} of ${countText(total)}`;
  return table(
    `Living sessions by state in each workgroup${range}`,
    WORKGROUP_COLUMNS.map((column) => heading(column, request)),
    items.map((entry) => workgroupRow(entry, grafanaUrl, nowMs)),
  );
}

/** A link that orders by the column; once more, the other way round. */
function heading(column: WorkgroupColumn, request: PageRequest): Html {
  const isCurrent = request.order.column === column;
  const isReversed = isCurrent && !request.order.isReversed;
  const href = pageHref({ ...request, order: { column, isReversed }, pageNumber: 1 });
  const direction = directionOf(request.order);
  const arrow = html`<span aria-hidden="true"> ${direction === "ascending" ? "▲" : "▼"}</span>`;
  return html`<th
    scope="col"
    class="${column.isText === true || column.name === "worst" ? "" : "n"}"
    ${isCurrent ? html`aria-sort="${direction}"` : html``}
  >
    <a href="${href}#${FRAGMENT}">${column.title}${isCurrent ? arrow : html``}</a>
  </th>`;
}

function workgroupRow(
  { view, condition, sessions }: WorkgroupEntry,
  grafanaUrl: string | undefined,
  nowMs: number,
): Html {
  const { snapshot, failure } = view;
  const counts = [sessions, ...COUNTED_STATES.map((state) => snapshot?.sessions[state]), snapshot?.idleDpus];
  return html`<tr>
      <td>${badge(condition, TONES[condition])}</td>
      <th scope="row">${workgroupName(view, grafanaUrl)}</th>
      <td>${accountText(view)}</td>
      <td>${view.region}</td>
      ${counts.map(countCell)} ${longestIdle(view)}
      <td class="n">${agoText(view.lastSuccessMs, nowMs)}</td>
    </tr>
    ${failure === undefined ? html`` : failureRow(failure, view, WORKGROUP_COLUMNS.length)}`;
}

function longestIdle({ snapshot }: WorkgroupView): Html {
  if (snapshot === undefined) return html`<td class="n">${NOT_KNOWN}</td>`;
  const { longestIdleSeconds } = snapshot;
  return html`<td class="n${longestIdleSeconds === 0 ? " dim" : ""}">
    ${durationText(longestIdleSeconds)}
  </td>`;
}
