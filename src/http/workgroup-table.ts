import { COUNTED_STATES } from "../athena/session.ts";
import type { WorkgroupView } from "../snapshot/view.ts";
import type { Condition } from "./condition.ts";
import { agoText, durationText } from "./duration-text.ts";
import { html, type Html } from "./html.ts";
import type { WorkgroupEntry } from "./overview.ts";
import {
  accountText,
  badge,
  column,
  countCell,
  failureRow,
  numberColumn,
  table,
  type Tone,
} from "./page-table.ts";

const MAX_ROWS = 300;
const COLUMNS = 6 + COUNTED_STATES.length;

const TONES: Readonly<Record<Condition, Tone>> = {
  "no data": "bad",
  failing: "bad",
  waiting: "wait",
  degraded: "bad",
  stuck: "warn",
  "long idle": "warn",
  ok: "good",
};

/** Every workgroup, worst first, with what to do about those that fail. */
export function workgroupTable(entries: readonly WorkgroupEntry[], query: string, nowMs: number): Html {
  const shown = entries.slice(0, MAX_ROWS);
  const more = entries.length - shown.length;
  return html`<h2>Workgroups</h2>
    ${entries.length === 0 ? html`<p class="note">${nothing(query)}</p>` : grid(shown, nowMs)}${
      more > 0 ? html`<p class="note">${more} more that are less urgent; filter to see them.</p>` : html``
    }`;
}

function nothing(query: string): string {
  return query === ""
    ? "No workgroup is known yet: see accounts and regions for why."
    : "No workgroup matches. The filter looks for each word in names, accounts, regions, states and reasons.";
}

function grid(entries: readonly WorkgroupEntry[], nowMs: number): Html {
  const head = [
    column("Status"),
    column("Workgroup"),
    column("Account"),
    column("Region"),
    ...COUNTED_STATES.map((state) => numberColumn(titled(state))),
    numberColumn("Longest idle"),
    numberColumn("Last success"),
  ];
  const rows = entries.map((entry) => workgroupRow(entry, nowMs));
  return table("Living sessions by state in each workgroup, the worst first", head, rows);
}

function workgroupRow({ view, condition }: WorkgroupEntry, nowMs: number): Html {
  const { snapshot, failure } = view;
  const counts = COUNTED_STATES.map((state) => countCell(snapshot?.sessions[state]));
  return html`<tr>
      <td>${badge(condition, TONES[condition])}</td>
      <th scope="row">${view.workgroup}</th>
      <td>${accountText(view)}</td>
      <td>${view.region}</td>
      ${counts}
      <td class="n">${longestIdle(view)}</td>
      <td class="n">${agoText(view.lastSuccessMs, nowMs)}</td>
    </tr>
    ${failure === undefined ? html`` : failureRow(failure, view, COLUMNS)}`;
}

function longestIdle({ snapshot }: WorkgroupView): Html {
  if (snapshot === undefined) return html`<span class="dim" title="not known">–</span>`;
  const { longestIdleSeconds } = snapshot;
  return longestIdleSeconds === 0
    ? html`<span class="zero">0 s</span>`
    : html`${durationText(longestIdleSeconds)}`;
}

function titled(state: string): string {
  return state.slice(0, 1) + state.slice(1).toLowerCase();
}
