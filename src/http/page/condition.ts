import type { WorkgroupView } from "../../snapshot/view.ts";

/** How a workgroup does, worst first. No data: it fails, and nothing recent is known. */
export const CONDITIONS = ["no data", "failing", "waiting", "degraded", "stuck", "long idle", "ok"] as const;

export type Condition = (typeof CONDITIONS)[number];

/** The worst that can be said of a workgroup. Long idle: at least as long as the highest threshold. */
export function conditionOf(view: WorkgroupView): Condition {
  const { snapshot } = view;
  if (view.failure !== undefined) return snapshot === undefined ? "no data" : "failing";
  if (snapshot === undefined) return "waiting";
  if (snapshot.sessions.DEGRADED > 0) return "degraded";
  // Without degraded ones, stuck sessions are the first of the rows.
  if (snapshot.rows[0]?.isStuck === true) return "stuck";
  return (snapshot.idle.at(-1)?.count ?? 0) > 0 ? "long idle" : "ok";
}
