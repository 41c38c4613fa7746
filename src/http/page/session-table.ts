import { formatUsd, idleCostUsd, type SessionEntry } from "../../snapshot/session-entry.ts";
import { terminateCommand } from "../../snapshot/terminate-command.ts";
import {
  accountName,
  badge,
  column,
  formatPlural,
  formatSeconds,
  NOT_KNOWN,
  table,
  workgroupName,
} from "./components.ts";
import { html, type Html } from "./html.ts";
import type { Overview } from "./overview.ts";

const HEAD = [
  column("State"),
  column("Workgroup"),
  column("In state for", "number"),
  column("Age", "number"),
  column("Cost while idle", "number"),
  column("Account"),
  column("Region"),
  column("Description and reason of the last state change"),
];

/** The sessions that need action, or that the filter finds, each with the command that terminates it; empty if there are none. */
export function sessionSection(
  { isFiltered, sessions, found }: Overview,
  grafanaUrl: string | undefined,
): Html {
  const { count, top } = isFiltered ? found : sessions;
  if (count === 0) return html``;
  const more = count - top.length;
  return html`<section aria-labelledby="sessions">
    <h2 id="sessions">${isFiltered ? "Sessions that match" : "Sessions that need action"}</h2>
    <p class="note">
      The command under a session terminates it. Click the command or press Tab to select it. Run it with
      credentials of the session's account that allow <code>athena:TerminateSession</code>. The exporter
      itself does not have this permission and never terminates a session.
    </p>
    ${table(
      "Degraded, stuck, then longest idle sessions, each with the command that terminates it",
      HEAD,
      top.map((entry) => sessionRows(entry, grafanaUrl)),
    )}${
      more > 0 &&
      html`<p class="note">
        ${formatPlural(more, "more session")}. ${isFiltered ? "Filter by more words" : "Filter"} to see them;
        <code>athena-session-exporter sessions</code> lists all active sessions.
      </p>`
    }
  </section>`;
}

function sessionRows(entry: SessionEntry, grafanaUrl: string | undefined): Html {
  const { view, row } = entry;
  const status = row.isStuck ? `${row.state}, stuck` : row.state;
  return html`<tr>
      <td>${badge(status, row.state === "DEGRADED" ? "bad" : "warn")}</td>
      <th scope="row">${workgroupName(view, grafanaUrl)}</th>
      <td class="n">${formatSeconds(row.stateSeconds)}</td>
      <td class="n">${row.ageSeconds === undefined ? NOT_KNOWN : formatSeconds(row.ageSeconds)}</td>
      ${costCell(formatUsd(idleCostUsd(entry)))}
      <td>${accountName(view)}</td>
      <td>${view.region}</td>
      <td class="wide">
        ${row.description}${row.stateReason !== "" && html` <span class="dim">${row.stateReason}</span>`}
      </td>
    </tr>
    <tr class="under">
      <td colspan="${HEAD.length}">${commandBox(entry)}</td>
    </tr> `;
}

/** A lower bound; empty for less than a cent. */
function costCell(usd: string): Html {
  return html`<td class="n">${usd !== "" && `at least ${usd}`}</td>`;
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
