import { durationText } from "./duration-text.ts";
import { html, type Html } from "./html.ts";
import type { SessionEntry } from "./overview.ts";
import { badge, column, numberColumn, table, type Tone } from "./page-table.ts";

const MAX_ROWS = 25;

/** The sessions that somebody should look at; nothing where there are none. */
export function sessionTable(sessions: readonly SessionEntry[]): Html {
  if (sessions.length === 0) return html``;
  const shown = sessions.slice(0, MAX_ROWS);
  const more = sessions.length - shown.length;
  const head = [
    column("State"),
    column("Session"),
    column("Workgroup"),
    column("Region"),
    numberColumn("In this state"),
    numberColumn("Age"),
    column("Description"),
  ];
  return html`<h2>Sessions to look at</h2>
    ${table("Degraded, stuck, then longest idle sessions", head, shown.map(sessionRow))}${
      more > 0 ? html`<p class="note">${more} more; the sessions command lists every one.</p>` : html``
    }`;
}

function sessionRow({ view, row }: SessionEntry): Html {
  const nowMs = view.snapshot?.takenAtMs ?? row.sinceMs;
  const sinceSeconds = row.idleSeconds ?? (nowMs - row.sinceMs) / 1000;
  const age = row.startMs === undefined ? "–" : durationText((nowMs - row.startMs) / 1000);
  const word = row.isStuck ? `${row.state}, stuck` : row.state;
  return html`<tr>
    <td>${badge(word, tone(row.state))}</td>
    <th scope="row"><code>${row.id}</code></th>
    <td>${view.workgroup}</td>
    <td>${view.region}</td>
    <td class="n">${durationText(sinceSeconds)}</td>
    <td class="n">${age}</td>
    <td class="wide">${row.description}${reason(row.stateReason)}</td>
  </tr> `;
}

function tone(state: string): Tone {
  return state === "DEGRADED" ? "bad" : "warn";
}

function reason(stateReason: string): Html {
  return stateReason === "" ? html`` : html` <span class="dim">${stateReason}</span>`;
}
