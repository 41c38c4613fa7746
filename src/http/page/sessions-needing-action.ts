import type { SessionOrder } from "../../config/values/session-order.ts";
import { compareSessions, entriesOf, type SessionEntry } from "../../snapshot/session-entry.ts";
import type { WorkgroupView } from "../../snapshot/view.ts";
import { TopItems } from "./top-items.ts";

/** The sessions of the added workgroups that have reached a threshold. */
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
    const rows = view.snapshot.rowsNeedingAction;
    this.#count += rows.length;
    for (const entry of entriesOf(view, rows)) this.#top.add(entry);
  }
}
