import { durationText } from "./duration-text.ts";
import { html, type Html } from "./html.ts";
import { countText } from "./page-table.ts";
import type { Totals } from "./totals.ts";

/** The numbers of the fleet, large. */
export function totalsList(totals: Totals): Html {
  const { workgroups, failing, accounts, failingAccounts, degraded } = totals;
  return html`<dl class="totals">
    ${total("Workgroups failing", share(failing, workgroups), failing > 0)}
    ${total("Accounts failing", share(failingAccounts, accounts), failingAccounts > 0)}
    ${total("Degraded sessions", count(degraded), degraded > 0)}
    ${total("Longest idle", html`${durationText(totals.longestIdleSeconds)}`)}
    ${total("Idle sessions", count(totals.idle))} ${total("Idle DPUs", count(totals.idleDpus))}
    ${total("Busy sessions", count(totals.busy))} ${total("Living sessions", count(totals.sessions))}
  </dl>`;
}

function count(value: number): Html {
  return html`${countText(value)}`;
}

function share(part: number, whole: number): Html {
  return html`${countText(part)} <small>of ${countText(whole)}</small>`;
}

function total(name: string, value: Html, isBad = false): Html {
  return html`<div class="${isBad ? "bad" : ""}">
    <dt>${name}</dt>
    <dd>${value}</dd>
  </div>`;
}
