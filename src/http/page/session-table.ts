import { THRESHOLD_NAMES } from "../../config/thresholds.ts";
import { formatSessionOrder, type SessionOrder } from "../../config/values/session-order.ts";
import {
  ageSeconds,
  formatUsd,
  idleCostUsd,
  stateSeconds,
  type SessionEntry,
} from "../../snapshot/session-entry.ts";
import type { SessionRow } from "../../snapshot/snapshot.ts";
import type { WorkgroupView } from "../../snapshot/view.ts";
import { terminateCommand } from "../../snapshot/terminate-command.ts";
import {
  accountName,
  badge,
  column,
  formatPlural,
  formatSeconds,
  NOT_KNOWN,
  table,
  type Tone,
  workgroupName,
} from "./components.ts";
import { html, type Html } from "./html.ts";
import { consoleUrl, runbookUrl } from "./links.ts";
import type { Overview } from "./overview.ts";
import { pageHref, URGENCY, type PageRequest } from "./page-request.ts";

/** A column of the table, which is a line of the card on a narrow screen. */
interface SessionColumn {
  readonly title: string;
  /** What the heading sorts by; absent where nothing does. */
  readonly by?: SessionOrder["by"];
  readonly isNumber?: true;
  readonly cell: (entry: SessionEntry) => Html | string;
}

/** Where owners are looked up and named, in any of the workgroups. */
const OWNER: SessionColumn = {
  title: "Started by",
  cell: ({ row }) => row.startedBy?.name || NOT_KNOWN,
};
const COLUMNS: readonly SessionColumn[] = [
  { title: "In state for", by: "idle", isNumber: true, cell: timeInState },
  {
    title: "Age",
    by: "age",
    isNumber: true,
    cell: (entry) => formatAge(ageSeconds(entry)),
  },
  {
    title: "Cost while idle",
    by: "cost",
    isNumber: true,
    cell: (entry) => lowerBound(formatUsd(idleCostUsd(entry))),
  },
  { title: "Account", by: "account", cell: ({ view }) => accountName(view) },
  { title: "Region", cell: ({ view }) => view.region },
];
const DESCRIPTION = "Description and reason of the last state change";

/** The headings of the table, from left to right, without how their cells are made. */
function headings(columns: readonly SessionColumn[]): readonly Omit<SessionColumn, "cell">[] {
  return [
    { title: "State", by: "state" },
    { title: "Workgroup", by: "workgroup" },
    ...columns,
    { title: DESCRIPTION },
  ];
}

/** A heading with a link that sorts by its column, or reverses the order if the table is already sorted by it. */
function heading({ title, by, isNumber }: Omit<SessionColumn, "cell">, request: PageRequest): Html {
  if (by === undefined) return column(title, isNumber ? "number" : "text");
  const { sessionOrder } = request;
  const isCurrent = sessionOrder.by === by;
  const isReversed = isCurrent && !sessionOrder.isReversed;
  const href = pageHref({ ...request, sessionOrder: { by, isReversed } });
  const isAscending =
    isNumber === sessionOrder.isReversed || (isNumber === undefined && !sessionOrder.isReversed);
  const direction = isAscending ? "ascending" : "descending";
  return html`<th scope="col" class="${isNumber && "n"}" ${isCurrent && html`aria-sort="${direction}"`}>
    <a href="${href}#sessions"
      >${title}${isCurrent && html`<span aria-hidden="true"> ${isAscending ? "▲" : "▼"}</span>`}</a
    >
  </th>`;
}

/** The sessions that need action, or that the filter finds, each with the command that terminates it; empty if there are none. */
export function sessionSection(
  { isFiltered, sessions, found }: Overview,
  request: PageRequest,
  grafanaUrl: string | undefined,
): Html {
  const { count, top } = isFiltered ? found : sessions;
  if (count === 0) return html``;
  const more = count - top.length;
  const columns = top.some(({ view }) => view.namesOwners) ? [...COLUMNS, OWNER] : COLUMNS;
  return html`<section aria-labelledby="sessions" class="cards">
    <h2 id="sessions">${isFiltered ? "Sessions that match" : "Sessions that need action"}</h2>
    ${table(
      caption(request.sessionOrder),
      headings(columns).map((shown) => heading(shown, request)),
      top.map((entry) => sessionRows(entry, columns, grafanaUrl)),
    )}${
      more > 0 &&
      html`<p class="note">
        ${formatPlural(more, "more session")}. ${isFiltered ? "Filter by more words" : "Filter"} to see them;
        <code>athena-session-exporter sessions</code> lists all active sessions.
      </p>`
    }
    <p class="note">
      The command under a session terminates it. Click the command or press Tab to select it. Run it with
      credentials of the session's account that allow <code>athena:TerminateSession</code>, for example by
      adding <code>--profile</code>. The exporter itself does not have this permission and never terminates a
      session.
    </p>
  </section>`;
}

function caption(order: SessionOrder): string {
  const sorted = formatSessionOrder(order);
  return sorted === URGENCY.by
    ? "Degraded, stuck, then longest idle sessions, each with the command that terminates it"
    : `Sessions by ${order.by}, each with the command that terminates it`;
}

function sessionRows(
  entry: SessionEntry,
  columns: readonly SessionColumn[],
  grafanaUrl: string | undefined,
): Html {
  const { view, row } = entry;
  const status = row.isStuck ? `${row.state}, stuck` : row.state;
  const cells = columns.map(
    ({ title, isNumber, cell }) =>
      html`<td class="${isNumber && "n"}" data-label="${title}">${cell(entry)}</td>`,
  );
  return html`<tr>
      <td>${badge(status, toneOf(row))}</td>
      <th scope="row">${workgroupName(view, grafanaUrl)}</th>
      ${cells}
      <td class="wide">
        ${row.description}${row.stateReason !== "" && html` <span class="dim">${row.stateReason}</span>`}
      </td>
    </tr>
    <tr class="under">
      <td colspan="${headings(columns).length}">
        <div class="actions">${commandBox(entry)}${sessionLinks(entry)}</div>
      </td>
    </tr> `;
}

/** The time in its state and, where the state has one, the threshold, with a bar that is full once it is reached. */
function timeInState(entry: SessionEntry): Html {
  const { view, row } = entry;
  const name = THRESHOLD_NAMES.find((threshold) => threshold === row.state.toLowerCase());
  const seconds = stateSeconds(entry);
  const time = formatSeconds(seconds);
  if (name === undefined) return html`${time}`;
  const threshold = view.thresholds.seconds[name];
  const percent = 100 * Math.min(1, seconds / threshold);
  return html`<span class="limit">
    ${time} <span class="dim">of ${formatSeconds(threshold)}</span>
    <svg
      class="${percent >= 100 && "reached"}"
      viewBox="0 0 100 4"
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <rect width="${percent.toFixed(0)}" height="4" />
    </svg>
  </span>`;
}

function toneOf({ state, isStuck }: SessionRow): Tone {
  if (state === "DEGRADED") return "bad";
  return isStuck || state === "IDLE" ? "warn" : "wait";
}

function formatAge(seconds: number | undefined): Html | string {
  return seconds === undefined ? NOT_KNOWN : formatSeconds(seconds);
}

function lowerBound(usd: string): string {
  return usd === "" ? "" : `at least ${usd}`;
}

/** The account whose credentials the command needs, where they are not those of the exporter's own account. */
function credentialsNote({ accountId, roleArn }: WorkgroupView): Html {
  if (roleArn === "") return html``;
  const role = roleArn.replace(/^.*\//, "");
  return html`<span class="dim"
    >needs credentials of ${accountId}; the exporter reads it by its role ${role}</span
  >`;
}

/** Where to read on about a session. */
function sessionLinks({ view, row }: SessionEntry): Html {
  const links = [
    [consoleUrl(view.region), "AWS console"],
    [runbookUrl(row), "runbook"],
  ] as const;
  return html`<p class="links">
    ${links.map(([url, text]) =>
      url === undefined
        ? html``
        : html`<a href="${url}" rel="noreferrer">${text}<span class="unseen"> for ${row.id}</span></a> `,
    )}
    ${row.state !== "TERMINATING" && credentialsNote(view)}
  </p>`;
}

/**
 * The command as text, which one click selects, and in a field for the keyboard, which selects its text on focus. The field is
 * visible only while it has the focus; screen readers read it in place of the text.
 */
function commandBox({ view, row }: SessionEntry): Html {
  if (row.state === "TERMINATING") {
    return html`<p class="command"><code>${row.id}</code> is already terminating.</p>`;
  }
  const command = terminateCommand(view.region, row.id);
  if (command === undefined) {
    return html`<p class="command">
      <code>${row.id}</code> has no command: its id or region contains characters other than printable ASCII.
    </p>`;
  }
  return html`<div class="command">
    <code aria-hidden="true">${command}</code>
    <input readonly value="${command}" aria-label="Command that ends session ${row.id}" />
  </div>`;
}
