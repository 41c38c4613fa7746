import { COUNTED_STATES } from "../athena/session.ts";
import type { SessionRow } from "../snapshot/snapshot.ts";
import type { AccountView, WorkgroupView } from "../snapshot/view.ts";
import { type Condition, conditionOf, CONDITIONS } from "./condition.ts";
import type { PageData } from "./page-source.ts";

export interface WorkgroupEntry {
  readonly view: WorkgroupView;
  readonly condition: Condition;
}

/** A session that somebody should look at. */
export interface SessionEntry {
  readonly view: WorkgroupView;
  readonly row: SessionRow;
}

export interface Totals {
  readonly workgroups: number;
  readonly failing: number;
  readonly accounts: number;
  readonly failingAccounts: number;
  readonly sessions: number;
  readonly idle: number;
  readonly busy: number;
  readonly degraded: number;
  readonly idleDpus: number;
  readonly longestIdleSeconds: number;
}

/** What the page says, chosen by a query and in the order in which it matters. */
export interface Overview {
  readonly totals: Totals;
  readonly accounts: readonly AccountView[];
  readonly workgroups: readonly WorkgroupEntry[];
  readonly sessions: readonly SessionEntry[];
}

/** How many sessions of one workgroup may be among those to look at. */
const SESSIONS_OF_ONE = 20;

/** Filters by `query`: each of its words must be part of what the page says of a workgroup. Pure. */
export function overviewOf(data: PageData, query: string): Overview {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const workgroups = data.workgroups
    .map((view) => ({ view, condition: conditionOf(view) }))
    .filter((entry) => matches(words, () => workgroupWords(entry)))
    .sort(worseWorkgroup);
  const regions = new Set(workgroups.map(({ view }) => regionKey(view)));
  const accounts = data.accounts
    .filter((view) => regions.has(regionKey(view)) || matches(words, () => accountWords(view)))
    .sort((a, b) => Number(a.up) - Number(b.up) || compareText(regionKey(a), regionKey(b)));
  return {
    totals: totalsOf(workgroups, accounts),
    accounts,
    workgroups,
    sessions: sessionsToSee(workgroups),
  };
}

/** Without words everything does, and no text is made to look them up in. */
function matches(words: readonly string[], text: () => string): boolean {
  if (words.length === 0) return true;
  const lower = text().toLowerCase();
  return words.every((word) => lower.includes(word));
}

function workgroupWords({ view, condition }: WorkgroupEntry): string {
  const { snapshot, failure } = view;
  const states = COUNTED_STATES.filter((state) => (snapshot?.sessions[state] ?? 0) > 0);
  const place = [view.workgroup, view.accountId, view.accountName, view.region, view.engineVersion];
  return [...place, condition, ...states, failure === undefined ? "" : `failing ${failure.reason}`].join(
    "\n",
  );
}

function accountWords({ accountId, accountName, region, failure }: AccountView): string {
  return [accountId, accountName, region, failure === undefined ? "" : `failing ${failure.reason}`].join(
    "\n",
  );
}

function regionKey({ accountId, region }: Pick<AccountView, "accountId" | "region">): string {
  return `${accountId}/${region}`;
}

function worseWorkgroup(a: WorkgroupEntry, b: WorkgroupEntry): number {
  const longestIdle = ({ view }: WorkgroupEntry) => view.snapshot?.longestIdleSeconds ?? 0;
  return (
    CONDITIONS.indexOf(a.condition) - CONDITIONS.indexOf(b.condition) ||
    longestIdle(b) - longestIdle(a) ||
    compareText(a.view.workgroup, b.view.workgroup) ||
    compareText(regionKey(a.view), regionKey(b.view))
  );
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function sessionsToSee(workgroups: readonly WorkgroupEntry[]): readonly SessionEntry[] {
  return workgroups.flatMap(({ view }) => sessionsOf(view)).sort(worseSession);
}

function sessionsOf(view: WorkgroupView): readonly SessionEntry[] {
  const { snapshot } = view;
  if (snapshot === undefined) return [];
  const longSeconds = snapshot.idle[0]?.minIdleSeconds ?? 0;
  return snapshot.rows
    .slice(0, SESSIONS_OF_ONE)
    .map((row) => ({ view, row }))
    .filter(({ row }) => row.isStuck || row.state === "DEGRADED" || (row.idleSeconds ?? -1) >= longSeconds);
}

function worseSession(a: SessionEntry, b: SessionEntry): number {
  return (
    sessionRank(a) - sessionRank(b) ||
    (b.row.idleSeconds ?? 0) - (a.row.idleSeconds ?? 0) ||
    a.row.sinceMs - b.row.sinceMs
  );
}

function sessionRank({ row }: SessionEntry): number {
  if (row.state === "DEGRADED") return 0;
  return row.isStuck ? 1 : 2;
}

function totalsOf(entries: readonly WorkgroupEntry[], accounts: readonly AccountView[]): Totals {
  const snapshots = entries.flatMap(({ view }) => view.snapshot ?? []);
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  return {
    workgroups: entries.length,
    failing: entries.filter(({ view }) => view.failure !== undefined).length,
    accounts: accounts.length,
    failingAccounts: accounts.filter(({ failure }) => failure !== undefined).length,
    sessions: sum(snapshots.flatMap(({ sessions }) => COUNTED_STATES.map((state) => sessions[state]))),
    idle: sum(snapshots.map(({ sessions }) => sessions.IDLE)),
    busy: sum(snapshots.map(({ sessions }) => sessions.BUSY)),
    degraded: sum(snapshots.map(({ sessions }) => sessions.DEGRADED)),
    idleDpus: sum(snapshots.map(({ idleDpus }) => idleDpus)),
    longestIdleSeconds: snapshots.reduce(
      (most, { longestIdleSeconds }) => Math.max(most, longestIdleSeconds),
      0,
    ),
  };
}
