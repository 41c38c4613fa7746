import { COUNTED_STATES, type CountedState } from "../../sessions/session.ts";
import type { SessionRow } from "../../snapshot/snapshot.ts";
import type { WorkgroupView } from "../../snapshot/view.ts";
import { matches, wordsOf } from "./filter.ts";
import { workgroupTexts, type WorkgroupEntry } from "./workgroup-entry.ts";

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
  readonly #words: readonly RegExp[];
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
    // What the workgroup's texts have need not be searched in each session.
    const words = this.#words.filter((word) => !matches([word], () => placeTexts(view)));
    return rows.filter(
      (row) => (this.#state ?? row.state) === row.state && matches(words, () => sessionTexts(row)),
    );
  }

  /** Whether a workgroup matches by itself, or by one of `sessions`, which are those that match. */
  matchesWorkgroup(entry: WorkgroupEntry, sessions: readonly SessionRow[]): boolean {
    if (this.isEmpty || sessions.length > 0) return true;
    const { snapshot } = entry.view;
    // A session without an id is counted, but has no row.
    if (this.#state !== undefined && (snapshot?.sessions[this.#state] ?? 0) === 0) return false;
    return matches(this.#words, () => workgroupTexts(entry));
  }
}

/** The texts of a workgroup that count as its sessions'. */
function placeTexts({ workgroup, accountId, accountName, region }: WorkgroupView): readonly string[] {
  return [workgroup, accountId, accountName, region];
}

/** The texts that the filter searches for a session, beside its workgroup's. */
function sessionTexts(row: SessionRow): readonly (string | undefined)[] {
  const { state, isStuck, id, description, stateReason, startedBy } = row;
  return [state, isStuck ? "stuck" : "", id, description, stateReason, startedBy?.name, startedBy?.arn];
}
