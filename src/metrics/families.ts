import type { AccountView, WorkgroupView } from "../snapshot/view.ts";
import { ACCOUNT_FAMILIES } from "./account-families.ts";
import { COUNTER_FAMILIES } from "./counter-families.ts";
import { flatten, type Family, renderFamily, type RenderOptions } from "./family.ts";
import { POLL_FAMILIES } from "./poll-families.ts";
import { OMITTED_FAMILY, sessionFamilies } from "./session-families.ts";
import { SessionLines } from "./session-lines.ts";
import { SNAPSHOT_FAMILIES } from "./snapshot-families.ts";
import { accountPairs, workgroupPairs } from "./workgroup-labels.ts";

const BEFORE_SESSIONS = [...SNAPSHOT_FAMILIES, ...COUNTER_FAMILIES];
const AFTER_SESSIONS = [OMITTED_FAMILY, ...POLL_FAMILIES];

/** Every family of a workgroup, in the order of the exposition. The options change labels only, never rows. */
export function workgroupFamilies(options: RenderOptions): readonly Family<WorkgroupView>[] {
  return [...BEFORE_SESSIONS, ...sessionFamilies(options), ...AFTER_SESSIONS];
}

/** The rows whose names, types and help do not depend on the options. */
export const WORKGROUP_FAMILIES = workgroupFamilies({ sessionLabels: [] });

/** The lines of the sessions in what was rendered, for when it is rendered again. */
const sessionLines = new WeakMap<readonly string[], SessionLines>();

/**
 * Renders what is true of a workgroup: one string a family, in the order of WORKGROUP_FAMILIES, empty where
 * a family has no sample. It is done once a poll, so that a scrape only joins. `former`: what this gave for the same
 * workgroup before; lines of sessions that are as they were then are taken from there.
 */
export function renderWorkgroup(
  view: WorkgroupView,
  options: RenderOptions,
  former: readonly string[] = [],
): readonly string[] {
  const pairs = workgroupPairs(view);
  const sessions = new SessionLines(view, pairs, options, sessionLines.get(former));
  const lines = flatten([
    ...BEFORE_SESSIONS.map((family) => renderFamily(family, view, pairs)),
    ...sessions.families(),
    ...AFTER_SESSIONS.map((family) => renderFamily(family, view, pairs)),
  ]);
  if (!sessions.isEmpty) sessionLines.set(lines, sessions);
  return lines;
}

/** Renders an account's region: one string a family, in the order of ACCOUNT_FAMILIES. */
export function renderAccount(view: AccountView): readonly string[] {
  const pairs = accountPairs(view);
  return ACCOUNT_FAMILIES.map((family) => renderFamily(family, view, pairs));
}
