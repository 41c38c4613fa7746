import type { SessionRow, Snapshot } from "../../snapshot/snapshot.ts";
import { compareRows } from "../../snapshot/take-snapshot.ts";
import type { WorkgroupView } from "../../snapshot/view.ts";
import { FirstOf } from "./first-of.ts";

/** A session that somebody should act on. */
export interface SessionEntry {
  readonly view: WorkgroupView;
  readonly row: SessionRow;
}

/**
 * The degraded sessions, the stuck ones, then those that have been idle for at least the lowest threshold, of the workgroups
 * that were added. A workgroup's rows are in that order already, so that few of them are ever looked at.
 */
export class SessionsToActOn {
  #count = 0;
  readonly #worst: FirstOf<SessionEntry>;

  /** `limit`: how many `worst` gives. */
  constructor(limit: number) {
    this.#worst = new FirstOf<SessionEntry>(limit, (a, b) => compareRows(a.row, b.row));
  }

  get count(): number {
    return this.#count;
  }

  /** The worst first. */
  get worst(): readonly SessionEntry[] {
    return this.#worst.items();
  }

  add(view: WorkgroupView): void {
    if (view.snapshot === undefined) return;
    const rows = rowsToActOn(view.snapshot);
    this.#count += rows;
    for (const row of rows === 0 ? [] : view.snapshot.rows.slice(0, rows)) {
      if (!this.#worst.add({ view, row })) break;
    }
  }
}

/** How many of the rows, from the first. */
function rowsToActOn({ rows, idle }: Snapshot): number {
  const notIll = rows.findIndex(({ state, isStuck }) => state !== "DEGRADED" && !isStuck);
  if (notIll < 0) return rows.length;
  return notIll + (idle[0]?.count ?? rows.filter(({ state }) => state === "IDLE").length);
}
