import type { SessionRow } from "../snapshot/snapshot.ts";
import type { WorkgroupView } from "../snapshot/view.ts";

/** How a workgroup does, worst first. Blind: it fails, and nothing recent is known of its sessions. */
export const CONDITIONS = ["blind", "failing", "waiting", "degraded", "stuck", "long idle", "ok"] as const;

export type Condition = (typeof CONDITIONS)[number];

/** A session that is CREATING or TERMINATING for longer than this is stuck. */
const STUCK_MS = 10 * 60 * 1000;

/** The worst that can be said of a workgroup. Long idle: at least as long as the highest threshold. */
export function conditionOf(view: WorkgroupView): Condition {
  const { snapshot } = view;
  if (view.failure !== undefined) return snapshot === undefined ? "blind" : "failing";
  if (snapshot === undefined) return "waiting";
  if (snapshot.sessions.DEGRADED > 0) return "degraded";
  if (snapshot.rows.some((row) => isStuck(row, snapshot.takenAtMs))) return "stuck";
  return (snapshot.idle.at(-1)?.count ?? 0) > 0 ? "long idle" : "ok";
}

export function isStuck(row: SessionRow, nowMs: number): boolean {
  return (row.state === "CREATING" || row.state === "TERMINATING") && nowMs - row.sinceMs > STUCK_MS;
}
