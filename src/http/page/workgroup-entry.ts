import { COUNTED_STATES } from "../../sessions/session.ts";
import type { AccountRegionView, WorkgroupView } from "../../snapshot/view.ts";

/** The statuses of a workgroup, the most severe first. "no data": it is failing and has no recent data. */
const STATUSES = ["no data", "failing", "waiting", "degraded", "stuck", "long idle", "ok"] as const;

export type WorkgroupStatus = (typeof STATUSES)[number];

/** A workgroup and the values that it is sorted by. */
export interface WorkgroupEntry {
  readonly view: WorkgroupView;
  readonly status: WorkgroupStatus;
  /** The rank of the status; 0 is the most severe. */
  readonly severity: number;
  /** The number of active sessions; undefined while it is not known. */
  readonly sessions: number | undefined;
}

export function workgroupEntry(view: WorkgroupView): WorkgroupEntry {
  const status = workgroupStatus(view);
  const counts = view.snapshot?.sessions;
  return {
    view,
    status,
    severity: STATUSES.indexOf(status),
    sessions: counts && COUNTED_STATES.reduce((total, state) => total + counts[state], 0),
  };
}

/** The most severe status that applies. "long idle": at least one session has reached the threshold of idle time. */
function workgroupStatus({ snapshot, failure }: WorkgroupView): WorkgroupStatus {
  if (failure !== undefined) return snapshot === undefined ? "no data" : "failing";
  if (snapshot === undefined) return "waiting";
  const { degraded, creating, terminating, idle } = snapshot.overThreshold;
  if (degraded > 0) return "degraded";
  if (creating + terminating > 0) return "stuck";
  return idle > 0 ? "long idle" : "ok";
}

/** The texts that the filter searches for a workgroup. */
export function workgroupTexts({ view, status }: WorkgroupEntry): readonly string[] {
  const { workgroup, accountId, accountName, region, engineVersion, snapshot, failure } = view;
  const states = COUNTED_STATES.filter((state) => (snapshot?.sessions[state] ?? 0) > 0);
  const reason = failure ? `failing ${failure.reason}` : "";
  return [workgroup, accountId, accountName, region, engineVersion, status, reason, ...states];
}

/** An account and region as a key. */
export function regionKey({ accountId, region }: Pick<AccountRegionView, "accountId" | "region">): string {
  return `${accountId}/${region}`;
}

/** Compares by UTF-16 code units, which is much faster than localeCompare. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
