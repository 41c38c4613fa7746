import { workgroupName } from "./dashboard-link.ts";
import { durationText } from "./duration-text.ts";
import { html, type Html } from "./html.ts";
import {
  accountText,
  badge,
  column,
  plural,
  NOT_KNOWN,
  numberColumn,
  table,
  type Tone,
} from "./page-table.ts";
import type { Overview } from "./overview.ts";
import type { SessionEntry } from "./sessions-to-act-on.ts";
import { terminateCommand } from "./terminate-command.ts";

const HEAD = [
  column("State"),
  column("Workgroup"),
  numberColumn("In state for"),
  numberColumn("Age"),
  column("Account"),
  column("Region"),
  column("Description, and reason of the last change"),
];

/** The worst sessions, each with the command that ends it; nothing where there are none. */
export function sessionSection({ count, worst }: Overview["sessions"], grafanaUrl: string | undefined): Html {
  if (count === 0) return html``;
  const more = count - worst.length;
  return html`<section aria-labelledby="sessions">
    <h2 id="sessions">Sessions to act on</h2>
    <p class="note">
      The command under a session ends it: a click, or Tab, selects it. It acts in the account of whoever runs
      it, so it takes credentials of the session's own account that permit
      <code>athena:TerminateSession</code>. The exporter has no such permission, and never ends a session.
    </p>
    ${table(
      "Degraded, stuck, then longest idle sessions, each with the command that ends it",
      HEAD,
      worst.map((entry) => sessionRows(entry, grafanaUrl)),
    )}${
      more > 0
        ? html`<p class="note">
            ${plural(more, "more session")}. A filter shows more of them, and
            <code>athena-session-exporter sessions</code> lists every one.
          </p>`
        : html``
    }
  </section>`;
}

function sessionRows({ view, row }: SessionEntry, grafanaUrl: string | undefined): Html {
  const nowMs = view.snapshot?.takenAtMs ?? row.sinceMs;
  const sinceSeconds = row.idleSeconds ?? (nowMs - row.sinceMs) / 1000;
  const age = row.startMs === undefined ? NOT_KNOWN : html`${durationText((nowMs - row.startMs) / 1000)}`;
  const word = row.isStuck ? `${row.state}, stuck` : row.state;
  return html`<tr>
      <td>${badge(word, tone(row.state))}</td>
      <th scope="row">${workgroupName(view, grafanaUrl)}</th>
      <td class="n">${durationText(sinceSeconds)}</td>
      <td class="n">${age}</td>
      <td>${accountText(view)}</td>
      <td>${view.region}</td>
      <td class="wide">${row.description}${reason(row.stateReason)}</td>
    </tr>
    <tr class="under">
      <td colspan="${HEAD.length}">${command({ view, row })}</td>
    </tr> `;
}

/**
 * One click on the text selects all of it. The keyboard cannot select text, but all of a field when it reaches it; so there
 * is one, which shows itself while it has the focus, and which a screen reader reads in place of the text.
 */
function command({ view, row }: SessionEntry): Html {
  if (row.state === "TERMINATING")
    return html`<p class="command"><code>${row.id}</code> is ending already.</p>`;
  const text = terminateCommand(view.region, row.id);
  if (text === undefined) {
    return html`<p class="command">
      <code>${row.id}</code> cannot be put in a command: it is not printable.
    </p>`;
  }
  return html`<div class="command">
    <code aria-hidden="true">${text}</code>
    <input readonly value="${text}" aria-label="Command that ends session ${row.id}" />
  </div>`;
}

function tone(state: string): Tone {
  return state === "DEGRADED" ? "bad" : "warn";
}

function reason(stateReason: string): Html {
  return stateReason === "" ? html`` : html` <span class="dim">${stateReason}</span>`;
}
