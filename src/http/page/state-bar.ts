import { COUNTED_STATES } from "../../sessions/session.ts";
import { formatCount, formatPlural } from "./components.ts";
import { html, type Html } from "./html.ts";
import type { Totals } from "./overview.ts";
import { pageHref, type PageRequest } from "./page-request.ts";

/** The width of the bar in its own units. */
const WIDTH = 1000;

/** How many active sessions are in each state: a stacked bar, and a number for each state, which filters by it or, if it is chosen, ends that. */
export function stateBar({ sessions, byState }: Totals, request: PageRequest): Html {
  if (sessions === 0) return html``;
  const states = COUNTED_STATES.filter((state) => byState[state] > 0);
  let before = 0;
  const parts = states.map((state) => {
    const x = (before / sessions) * WIDTH;
    before += byState[state];
    const width = (byState[state] / sessions) * WIDTH;
    return html`<rect class="${state}" x="${x.toFixed(1)}" width="${width.toFixed(1)}" height="10" />`;
  });
  const items = states.map((state) => {
    const isChosen = state === request.state;
    const href = pageHref({ ...request, state: isChosen ? undefined : state, pageNumber: 1 });
    return html`<li>
      <a class="${state}" href="${href}" ${isChosen && html`aria-current="true"`}
        >${state} ${formatCount(byState[state])}</a
      >
    </li>`;
  });
  return html`<section class="states" aria-label="Active sessions by state">
    <p>${formatPlural(sessions, "active session")}</p>
    <svg viewBox="0 0 ${WIDTH} 10" preserveAspectRatio="none" aria-hidden="true">${parts}</svg>
    <ul>
      ${items}
    </ul>
  </section>`;
}
