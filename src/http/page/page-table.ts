import { advise, type FailurePlace } from "../../snapshot/advice.ts";
import type { Failure } from "../../snapshot/view.ts";
import { html, type Html } from "./html.ts";

export type Tone = "bad" | "warn" | "good" | "wait";

/** A table that scrolls by itself where it is too wide, also by keyboard. `caption` also names the region. */
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

export function column(title: string): Html {
  return html`<th scope="col">${title}</th>`;
}

export function numberColumn(title: string): Html {
  return html`<th scope="col" class="n">${title}</th>`;
}

/** A dash for those who see it, words for those who hear it. */
export const NOT_KNOWN = html`<span class="dim" aria-hidden="true">–</span
  ><span class="unseen">not known</span>`;

/** A count; 0 stands back. */
export function countCell(count: number | undefined): Html {
  if (count === undefined) return html`<td class="n">${NOT_KNOWN}</td>`;
  return html`<td class="n${count === 0 ? " dim" : ""}">${countText(count)}</td>`;
}

/** A number with its thousands apart: "2,000". */
export function countText(count: number): string {
  return count < 1000 ? String(count) : count.toLocaleString("en");
}

/** "1 workgroup", "2,000 workgroups". */
export function plural(count: number, noun: string): string {
  return `${countText(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** A word with a colour; never the colour alone. */
export function badge(word: string, tone: Tone): Html {
  return html`<span class="badge ${tone}">${word}</span>`;
}

/** Who owns it: the name that the configuration gives, and the account's id. */
export function accountText({ accountId, accountName }: { accountId: string; accountName: string }): Html {
  const id = accountId === "" ? "account not yet known" : accountId;
  return accountName === "" ? html`${id}` : html`${accountName} <span class="dim">${id}</span>`;
}

/** A row under the one that fails: what went wrong, and what to do. */
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
