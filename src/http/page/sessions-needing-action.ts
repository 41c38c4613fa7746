import type { SessionOrder } from "../../config/values/session-order.ts";
import { compareSessions, type SessionEntry } from "../../snapshot/session-entry.ts";
import { rankOf, type Snapshot } from "../../snapshot/snapshot.ts";
import type { WorkgroupView } from "../../snapshot/view.ts";
import { TopItems } from "./top-items.ts";

/**
 * The sessions of the added workgroups that need action: degraded, stuck, or idle for at least the lowest threshold. They
 * are the first rows of each workgroup, so most rows are never visited.
 */
export class SessionsNeedingAction {
  #count = 0;
  readonly #top: TopItems<SessionEntry>;

  /** `limit` is the maximum length of `top`. */
  constructor(limit: number, order: SessionOrder) {
    this.#top = new TopItems<SessionEntry>(limit, compareSessions(order));
  }

  get count(): number {
    return this.#count;
  }

  /** The first sessions in order. */
  get top(): readonly SessionEntry[] {
    return this.#top.items();
  }

  add(view: WorkgroupView): void {
    if (view.snapshot === undefined) return;
    const count = countRowsNeedingAction(view.snapshot);
    this.#count += count;
    for (const row of view.snapshot.rows.slice(0, count)) this.#top.add({ view, row });
  }
}

function countRowsNeedingAction({ rows, idle }: Snapshot): number {
  const firstIdle = rows.findIndex((row) => rankOf(row) > 1);
  if (firstIdle === -1) return rows.length;
  return firstIdle + (idle[0]?.count ?? rows.filter(({ state }) => state === "IDLE").length);
}
