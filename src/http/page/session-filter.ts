import { COUNTED_STATES, type CountedState } from "../../sessions/session.ts";
import type { SessionRow } from "../../snapshot/snapshot.ts";
import type { WorkgroupView } from "../../snapshot/view.ts";
import { matches, wordsOf } from "./filter.ts";
import { workgroupText, type WorkgroupEntry } from "./workgroup-entry.ts";

/** What the status page and the lists for programs are filtered by. */
export interface FilterRequest {
  /** Words, each of which must occur; empty for everything. */
  readonly query: string;
  /** Undefined for every state. */
  readonly state: CountedState | undefined;
}

/** Parses the value of `?state=`, in any case. Undefined if there is no such state. */
export function parseState(text: string): CountedState | undefined {
  return COUNTED_STATES.find((state) => state === text.toUpperCase());
}

/** Chooses the sessions, and the workgroups, that match a filter. */
export class SessionFilter {
  readonly #words: readonly string[];
  readonly #state: CountedState | undefined;

  constructor({ query, state }: FilterRequest) {
    this.#words = wordsOf(query);
    this.#state = state;
  }

  /** Whether everything matches. */
  get isEmpty(): boolean {
    return this.#words.length === 0 && this.#state === undefined;
  }

  /** The active sessions of a workgroup that match, in the order of its rows. */
  sessionsOf(view: WorkgroupView): readonly SessionRow[] {
    const rows = view.snapshot?.rows ?? [];
    if (this.isEmpty || rows.length === 0) return rows;
    const place = placeText(view).toLowerCase();
    // What the workgroup's text has need not be searched in each session.
    const words = this.#words.filter((word) => !place.includes(word));
    return rows.filter(
      (row) => (this.#state ?? row.state) === row.state && matches(words, () => sessionText(row)),
    );
  }

  /** Whether a workgroup matches by itself, or by one of `sessions`, which are those that match. */
  matchesWorkgroup(entry: WorkgroupEntry, sessions: readonly SessionRow[]): boolean {
    if (this.isEmpty || sessions.length > 0) return true;
    const { snapshot } = entry.view;
    // A session without an id is counted, but has no row.
    if (this.#state !== undefined && (snapshot?.sessions[this.#state] ?? 0) === 0) return false;
    return matches(this.#words, () => workgroupText(entry));
  }
}

/** The text of a workgroup that counts as its sessions'. */
function placeText({ workgroup, accountId, accountName, region }: WorkgroupView): string {
  return [workgroup, accountId, accountName, region].join("\n");
}

/** The text that the filter searches for a session, beside its workgroup's. */
function sessionText(row: SessionRow): string {
  const { state, isStuck, id, description, stateReason, startedBy } = row;
  const owner = [startedBy?.name, startedBy?.arn];
  return [state, isStuck ? "stuck" : "", id, description, stateReason, ...owner].join("\n");
}
