import type { AccountView } from "../../snapshot/view.ts";
import { FirstOf } from "./first-of.ts";
import type { PageRequest } from "./page-request.ts";
import type { PageData } from "./page-source.ts";
import { type PageOf, pageOf } from "./pager.ts";
import { SessionsToActOn } from "./sessions-to-act-on.ts";
import { Totals } from "./totals.ts";
import {
  compareText,
  regionKey,
  workgroupEntry,
  type WorkgroupEntry,
  workgroupWords,
} from "./workgroup-entry.ts";
import { comparison } from "./workgroup-order.ts";

/** What the page says, chosen by a filter and in the order that was asked for. */
export interface Overview {
  readonly totals: Readonly<Totals>;
  readonly accounts: readonly AccountView[];
  readonly workgroups: PageOf<WorkgroupEntry>;
  readonly sessions: Pick<SessionsToActOn, "count" | "worst">;
}

/** Workgroups on a page. */
const PAGE_SIZE = 100;
/** Sessions to act on that are shown: the worst few of all, more of what somebody looks for. */
const MAX_SESSIONS = 10;
const MAX_FOUND_SESSIONS = 50;

/**
 * Filters: each word of the query must be part of what the page says of a workgroup. Goes through the workgroups once, and
 * orders only what is shown: there may be 10,000, and meanwhile nobody else is answered.
 */
export function overviewOf(data: PageData, { query, order, pageNumber }: PageRequest): Overview {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const totals = new Totals();
  const sessions = new SessionsToActOn(words.length === 0 ? MAX_SESSIONS : MAX_FOUND_SESSIONS);
  const first = new FirstOf(Math.min(pageNumber * PAGE_SIZE, data.workgroups.length), comparison(order));
  const regions = new Set<string>();
  for (const view of data.workgroups) {
    const entry = workgroupEntry(view);
    if (!matches(words, () => workgroupWords(entry))) continue;
    totals.addWorkgroup(entry);
    sessions.add(view);
    first.add(entry);
    if (words.length > 0) regions.add(regionKey(view));
  }
  const accounts = data.accounts
    .filter((view) => regions.has(regionKey(view)) || matches(words, () => accountWords(view)))
    .sort((a, b) => Number(a.up) - Number(b.up) || compareText(regionKey(a), regionKey(b)));
  for (const account of accounts) totals.addAccount(account);
  return {
    totals,
    accounts,
    workgroups: pageOf(first.items(), totals.workgroups, pageNumber, PAGE_SIZE),
    sessions,
  };
}

/** Without words everything does, and no text is made to look them up in. */
function matches(words: readonly string[], text: () => string): boolean {
  if (words.length === 0) return true;
  const lower = text().toLowerCase();
  return words.every((word) => lower.includes(word));
}

function accountWords({ accountId, accountName, region, failure }: AccountView): string {
  return [accountId, accountName, region, failure === undefined ? "" : `failing ${failure.reason}`].join(
    "\n",
  );
}
