import type { AccountView, WorkgroupView } from "../snapshot/view.ts";
import { ACCOUNT_FAMILIES } from "./account-families.ts";
import { COUNTER_FAMILIES } from "./counter-families.ts";
import { flatten, type FamilyRow, renderFamily, type RenderOptions } from "./family.ts";
import { POLL_FAMILIES } from "./poll-families.ts";
import { OMITTED_FAMILY, sessionFamilies } from "./session-families.ts";
import { renderSessions } from "./session-lines.ts";
import { SNAPSHOT_FAMILIES } from "./snapshot-families.ts";
import { accountPairs, workgroupPairs } from "./workgroup-labels.ts";

const BEFORE_SESSIONS = [...SNAPSHOT_FAMILIES, ...COUNTER_FAMILIES];
const AFTER_SESSIONS = [OMITTED_FAMILY, ...POLL_FAMILIES];

/** Every family of a workgroup, in the order of the exposition. What the configuration adds are labels, never rows. */
export const WORKGROUP_FAMILIES: readonly FamilyRow[] = [
  ...BEFORE_SESSIONS,
  ...sessionFamilies({ sessionLabels: [] }),
  ...AFTER_SESSIONS,
];

/**
 * Renders what is true of a workgroup: one string a family, in the order of WORKGROUP_FAMILIES, empty where
 * a family has no sample. It is done once a poll, so that a scrape only joins.
 */
export function renderWorkgroup(view: WorkgroupView, options: RenderOptions): readonly string[] {
  const pairs = workgroupPairs(view);
  return flatten([
    ...BEFORE_SESSIONS.map((family) => renderFamily(family, view, pairs)),
    ...renderSessions(sessionFamilies(options), view, pairs),
    ...AFTER_SESSIONS.map((family) => renderFamily(family, view, pairs)),
  ]);
}

/** Renders an account's region: one string a family, in the order of ACCOUNT_FAMILIES. */
export function renderAccount(view: AccountView): readonly string[] {
  const pairs = accountPairs(view);
  return ACCOUNT_FAMILIES.map((family) => renderFamily(family, view, pairs));
}
