import type { WorkgroupView } from "../snapshot/view.ts";
import { renderFamily, type FamilyRow } from "./family.ts";
import { haveSameSessionLines, OMITTED_FAMILY, renderSessions, sessionFamilies } from "./session-families.ts";
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

/** Renders a workgroup: one string a family, in the order of WORKGROUP_FAMILIES, empty where a family has no sample. */
export function renderWorkgroup(view: WorkgroupView, sessionLabels: SessionLabels): readonly string[] {
  const pairs = sharedPairs(view);
  return withOthers(renderSessions(sessionFamilies(sessionLabels), view, pairs), view, pairs);
}

/** Renders it again, with undefined for the lines of its sessions where they are as they were in `former`. */
export function renderChanges(
  view: WorkgroupView,
  former: WorkgroupView,
  sessionLabels: SessionLabels,
): readonly (string | undefined)[] {
  if (!haveSameSessionLines(former, view)) return renderWorkgroup(view, sessionLabels);
  const unchanged = sessionFamilies(sessionLabels).map(() => undefined);
  return withOthers(unchanged, view, sharedPairs(view));
}

function sharedPairs({ accountId, region, workgroup }: WorkgroupView): string {
  return labelPairs({ aws_account_id: accountId, aws_region: region, workgroup });
}

/** Puts the lines of sessions between those of all other families. */
function withOthers<Text>(
  sessions: readonly Text[],
  view: WorkgroupView,
  pairs: string,
): readonly (Text | string)[] {
  return [
    ...BEFORE_SESSIONS.map((family) => renderFamily(family, view, pairs)),
    ...sessions,
    ...AFTER_SESSIONS.map((family) => renderFamily(family, view, pairs)),
  ];
}
