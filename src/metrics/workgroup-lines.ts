import type { BoardListener } from "../snapshot/board.ts";
import type { WorkgroupView } from "../snapshot/view.ts";
import { renderFamily, type FamilyRow } from "./family.ts";
import { OMITTED_FAMILY, renderSessions, sessionFamilies } from "./session-families.ts";
import { labelPairs } from "./text.ts";
import { LIFE_CYCLE_FAMILIES, POLL_FAMILIES, SNAPSHOT_FAMILIES } from "./workgroup-families.ts";

/** The labels that the configuration adds to athena_session_info. */
export type SessionLabels = Parameters<typeof sessionFamilies>[0];

const BEFORE_SESSIONS = [...SNAPSHOT_FAMILIES, ...LIFE_CYCLE_FAMILIES];
const AFTER_SESSIONS = [OMITTED_FAMILY, ...POLL_FAMILIES];

/** Every family of a workgroup, in the order of the exposition. The configuration adds labels, never rows. */
export const WORKGROUP_FAMILIES: readonly FamilyRow[] = [
  ...BEFORE_SESSIONS,
  ...sessionFamilies([]),
  ...AFTER_SESSIONS,
];

/** A workgroup as exposition. */
export interface RenderedWorkgroup {
  /** One string a family, in the order of WORKGROUP_FAMILIES. */
  readonly lines: readonly string[];
  /** When samples of its sessions are withdrawn, in monotonic milliseconds; Infinity where there are none. */
  readonly sessionsExpireAtMs: number;
}

/** The rendered lines of every workgroup, kept from one change to the next, so that a scrape only joins them. */
export class WorkgroupLines implements BoardListener {
  readonly #rendered = new Map<string, RenderedWorkgroup>();
  #sessionLabels: SessionLabels;

  constructor(sessionLabels: SessionLabels) {
    this.#sessionLabels = sessionLabels;
  }

  /** For what is rendered from now on. */
  setSessionLabels(sessionLabels: SessionLabels): void {
    this.#sessionLabels = sessionLabels;
  }

  changed(key: string, view: WorkgroupView, sessionsExpireAtMs: number): void {
    this.#rendered.set(key, { lines: renderWorkgroup(view, this.#sessionLabels), sessionsExpireAtMs });
  }

  removed(key: string): void {
    this.#rendered.delete(key);
  }

  all(): Iterable<RenderedWorkgroup> {
    return this.#rendered.values();
  }
}

/** Renders a workgroup: one string a family, in the order of WORKGROUP_FAMILIES, empty where a family has no sample. */
export function renderWorkgroup(view: WorkgroupView, sessionLabels: SessionLabels): readonly string[] {
  const pairs = labelPairs({
    aws_account_id: view.accountId,
    aws_region: view.region,
    workgroup: view.workgroup,
  });
  return flatten([
    ...BEFORE_SESSIONS.map((family) => renderFamily(family, view, pairs)),
    ...renderSessions(sessionFamilies(sessionLabels), view, pairs),
    ...AFTER_SESSIONS.map((family) => renderFamily(family, view, pairs)),
  ]);
}

/**
 * The same strings as slices of one flat one. V8 keeps a concatenation as a tree of its parts, which every build of a
 * body would have to walk again.
 */
function flatten(parts: readonly string[]): readonly string[] {
  const whole = parts.join("");
  let end = 0;
  return parts.map((part) => whole.slice(end, (end += part.length)));
}
