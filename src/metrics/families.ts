import type { AccountView, WorkgroupView } from "../snapshot/view.ts";
import { ACCOUNT_FAMILIES } from "./account-families.ts";
import { COUNTER_FAMILIES } from "./counter-families.ts";
import { type Family, renderFamily, type RenderOptions } from "./family.ts";
import { POLL_FAMILIES } from "./poll-families.ts";
import { sessionFamilies } from "./session-families.ts";
import { SNAPSHOT_FAMILIES } from "./snapshot-families.ts";
import { accountPairs, workgroupPairs } from "./workgroup-labels.ts";

/** Every family of a workgroup, in the order of the exposition. The options change labels only, never rows. */
export function workgroupFamilies(options: RenderOptions): readonly Family<WorkgroupView>[] {
  return [...SNAPSHOT_FAMILIES, ...COUNTER_FAMILIES, ...sessionFamilies(options), ...POLL_FAMILIES];
}

/** The rows whose names, types and help do not depend on the options. */
export const WORKGROUP_FAMILIES = workgroupFamilies({ sessionLabels: [] });

/**
 * Renders what is true of a workgroup: one string a family, in the order of WORKGROUP_FAMILIES, empty where
 * a family has no sample. It is done once a poll, so that a scrape only joins.
 */
export function renderWorkgroup(view: WorkgroupView, options: RenderOptions): readonly string[] {
  const pairs = workgroupPairs(view);
  return flatten(workgroupFamilies(options).map((family) => renderFamily(family, view, pairs)));
}

/** Renders an account's region: one string a family, in the order of ACCOUNT_FAMILIES. */
export function renderAccount(view: AccountView): readonly string[] {
  const pairs = accountPairs(view);
  return ACCOUNT_FAMILIES.map((family) => renderFamily(family, view, pairs));
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
