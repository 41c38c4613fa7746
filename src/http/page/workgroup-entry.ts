import { COUNTED_STATES } from "../../sessions/session.ts";
import type { Snapshot } from "../../snapshot/snapshot.ts";
import type { AccountView, WorkgroupView } from "../../snapshot/view.ts";
import { type Condition, conditionOf, CONDITIONS } from "./condition.ts";

/** A workgroup with what it is ordered by. */
export interface WorkgroupEntry {
  readonly view: WorkgroupView;
  readonly condition: Condition;
  /** The place of its condition among all; 0 is the worst. */
  readonly severity: number;
  /** Living ones; absent where they are not known. */
  readonly sessions: number | undefined;
  readonly longestIdleSeconds: number | undefined;
}

export function workgroupEntry(view: WorkgroupView): WorkgroupEntry {
  const { snapshot } = view;
  const condition = conditionOf(view);
  return {
    view,
    condition,
    severity: CONDITIONS.indexOf(condition),
    sessions: snapshot && livingSessions(snapshot),
    longestIdleSeconds: snapshot?.longestIdleSeconds,
  };
}

function livingSessions({ sessions }: Snapshot): number {
  let living = 0;
  for (const state of COUNTED_STATES) living += sessions[state];
  return living;
}

/** What a filter finds it by. */
export function workgroupWords({ view, condition }: WorkgroupEntry): string {
  const { snapshot, failure } = view;
  const states = COUNTED_STATES.filter((state) => (snapshot?.sessions[state] ?? 0) > 0);
  const place = [view.workgroup, view.accountId, view.accountName, view.region, view.engineVersion];
  return [...place, condition, ...states, failure === undefined ? "" : `failing ${failure.reason}`].join(
    "\n",
  );
}

/** An account's region, as text to compare and to look up. */
export function regionKey({ accountId, region }: Pick<AccountView, "accountId" | "region">): string {
  return `${accountId}/${region}`;
}

export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
