import { COUNTED_STATES, type CountedState } from "../../sessions/session.ts";
import type { SessionOrder } from "../../config/values/session-order.ts";
import { compareSessions, entriesOf, type SessionEntry } from "../../snapshot/session-entry.ts";
import type { SessionRow } from "../../snapshot/snapshot.ts";
import type { AccountRegionView, OrganizationView, WorkgroupView } from "../../snapshot/view.ts";
import { matches, wordsOf } from "./filter.ts";
import type { PageRequest } from "./page-request.ts";
import { type PageOf, pageOf } from "./pager.ts";
import { SessionFilter } from "./session-filter.ts";
import { SessionsNeedingAction } from "./sessions-needing-action.ts";
import { TopItems } from "./top-items.ts";
import { compareText, regionKey, workgroupEntry, type WorkgroupEntry } from "./workgroup-entry.ts";
import { comparisonFor } from "./workgroup-order.ts";

/** The data that the status page shows. */
export interface PageData {
  readonly version: string;
  readonly telemetryPath: string;
  /** Without a trailing slash; without it, the page has no links to dashboards. */
  readonly grafanaUrl?: string;
  /** Undefined where the configuration has none. */
  readonly organization?: OrganizationView | undefined;
  readonly accounts: readonly AccountRegionView[];
  readonly workgroups: readonly WorkgroupView[];
}

/** The data that matches the filter, in the requested order. */
export interface Overview {
  /** Whether the filter leaves out something. */
  readonly isFiltered: boolean;
  readonly totals: Readonly<Totals>;
  readonly accounts: readonly AccountRegionView[];
  readonly workgroups: PageOf<WorkgroupEntry>;
  /** The sessions that need action, in the workgroups that match the filter. */
  readonly sessions: Pick<SessionsNeedingAction, "count" | "top">;
  /** The sessions that match the filter; none without one. */
  readonly found: Pick<SessionsNeedingAction, "count" | "top">;
}

/** Workgroups on one page. */
const PAGE_SIZE = 100;
/** The maximum number of sessions on the page, without and with a filter. */
const MAX_SESSIONS = 10;
const MAX_FOUND_SESSIONS = 50;

/** Sums over the workgroups, accounts and regions that match the filter. */
export class Totals {
  workgroups = 0;
  failing = 0;
  /** Workgroups that have not been polled yet. */
  waiting = 0;
  accounts = 0;
  failingAccounts = 0;
  sessions = 0;
  readonly byState: Record<CountedState, number> = {
    CREATING: 0,
    CREATED: 0,
    IDLE: 0,
    BUSY: 0,
    TERMINATING: 0,
    DEGRADED: 0,
    UNKNOWN: 0,
  };
  idleDpus = 0;
  longestIdleSeconds = 0;

  addWorkgroup({ view: { snapshot, failure }, status, sessions = 0 }: WorkgroupEntry): void {
    this.workgroups += 1;
    if (failure !== undefined) this.failing += 1;
    if (status === "waiting") this.waiting += 1;
    if (snapshot === undefined) return;
    this.sessions += sessions;
    for (const state of COUNTED_STATES) this.byState[state] += snapshot.sessions[state];
    this.idleDpus += snapshot.idleDpus;
    this.longestIdleSeconds = Math.max(this.longestIdleSeconds, snapshot.longestIdleSeconds);
  }
}

/**
 * Filters and sorts. Each word of the query must occur in a workgroup's text, or in that of one of its sessions. It visits the workgroups
 * once and sorts only those that are shown, because sorting 10,000 would block the event loop.
 */
export function overviewOf(
  data: PageData,
  request: Omit<PageRequest, "unknownOrder" | "unknownState" | "refreshSeconds">,
): Overview {
  const { query, order, pageNumber } = request;
  const filter = new SessionFilter(request);
  const words = wordsOf(query);
  const totals = new Totals();
  const sessions = new SessionsNeedingAction(MAX_SESSIONS, request.sessionOrder);
  const found = new FoundSessions(request.sessionOrder);
  const shown = new TopItems(Math.min(pageNumber * PAGE_SIZE, data.workgroups.length), comparisonFor(order));
  const regions = new Set<string>();
  for (const view of data.workgroups) {
    const entry = workgroupEntry(view);
    const rows = filter.sessionsOf(view);
    if (!filter.matchesWorkgroup(entry, rows)) continue;
    totals.addWorkgroup(entry);
    sessions.add(view);
    shown.add(entry);
    if (filter.isEmpty) continue;
    found.add(view, rows);
    regions.add(regionKey(view));
  }
  const accounts = data.accounts
    .filter(
      (view) =>
        regions.has(regionKey(view)) ||
        (request.state === undefined && matches(words, () => accountTexts(view))),
    )
    .sort((a, b) => Number(a.up) - Number(b.up) || compareText(regionKey(a), regionKey(b)));
  totals.accounts = accounts.length;
  totals.failingAccounts = accounts.filter(({ failure }) => failure !== undefined).length;
  const workgroups = pageOf(shown.items(), totals.workgroups, pageNumber, PAGE_SIZE);
  return { isFiltered: !filter.isEmpty, totals, accounts, workgroups, sessions, found };
}

/** Counts the sessions that match a filter, and keeps the first ones in order. */
class FoundSessions {
  count = 0;
  readonly #top: TopItems<SessionEntry>;

  constructor(order: SessionOrder) {
    this.#top = new TopItems<SessionEntry>(MAX_FOUND_SESSIONS, compareSessions(order));
  }

  get top(): readonly SessionEntry[] {
    return this.#top.items();
  }

  add(view: WorkgroupView, rows: readonly SessionRow[]): void {
    this.count += rows.length;
    for (const entry of entriesOf(view, rows)) this.#top.add(entry);
  }
}

function accountTexts({ accountId, accountName, region, failure }: AccountRegionView): readonly string[] {
  return [accountId, accountName, region, failure ? `failing ${failure.reason}` : ""];
}
