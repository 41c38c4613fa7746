import type { WorkgroupView } from "../snapshot/view.ts";
import { DURATION_FAMILIES, haveSameDurations } from "./duration-families.ts";
import { renderChangedFamily, renderFamily, type Family, type FamilyRow } from "./family.ts";
import { haveSameSessionLines, OMITTED_FAMILY, renderSessions, sessionFamilies } from "./session-families.ts";
import { labelPairs } from "./text.ts";
import { LIFE_CYCLE_FAMILIES, POLL_FAMILIES, SNAPSHOT_FAMILIES } from "./workgroup-families.ts";

/** The labels that the configuration adds to athena_session_info. */
export type SessionLabels = Parameters<typeof sessionFamilies>[0];

const BEFORE_SESSIONS = [...SNAPSHOT_FAMILIES, ...LIFE_CYCLE_FAMILIES];
const AFTER_DURATIONS = [OMITTED_FAMILY, ...POLL_FAMILIES];
const SAME_DURATIONS = DURATION_FAMILIES.map(() => undefined);

/** Every family of a workgroup, in the order of the exposition. The configuration adds labels, never rows. */
export const WORKGROUP_FAMILIES: readonly FamilyRow[] = [
  ...BEFORE_SESSIONS,
  ...sessionFamilies([]),
  ...DURATION_FAMILIES,
  ...AFTER_DURATIONS,
];

/** Renders a workgroup: one string a family, in the order of WORKGROUP_FAMILIES, empty where a family has no sample. */
export function renderWorkgroup(view: WorkgroupView, sessionLabels: SessionLabels): readonly string[] {
  const pairs = sharedPairs(view);
  return [
    ...render(BEFORE_SESSIONS, view, pairs),
    ...renderSessions(sessionFamilies(sessionLabels), view, pairs),
    ...render(DURATION_FAMILIES, view, pairs),
    ...render(AFTER_DURATIONS, view, pairs),
  ];
}

/** Renders it again, with undefined for the families that are as they were in `former`. */
export function renderChanges(
  view: WorkgroupView,
  former: WorkgroupView,
  sessionLabels: SessionLabels,
): readonly (string | undefined)[] {
  const pairs = sharedPairs(view);
  // The account becomes known after the workgroup.
  if (pairs !== sharedPairs(former)) return renderWorkgroup(view, sessionLabels);
  const families = sessionFamilies(sessionLabels);
  const changed = (family: Family<WorkgroupView>) => renderChangedFamily(family, view, former, pairs);
  return [
    ...BEFORE_SESSIONS.map(changed),
    ...(haveSameSessionLines(former, view)
      ? families.map(() => undefined)
      : renderSessions(families, view, pairs)),
    ...(haveSameDurations(former, view) ? SAME_DURATIONS : render(DURATION_FAMILIES, view, pairs)),
    ...AFTER_DURATIONS.map(changed),
  ];
}

function sharedPairs({ accountId, region, workgroup }: WorkgroupView): string {
  return labelPairs({ aws_account_id: accountId, aws_region: region, workgroup });
}

function render(
  families: readonly Family<WorkgroupView>[],
  view: WorkgroupView,
  pairs: string,
): readonly string[] {
  return families.map((family) => renderFamily(family, view, pairs));
}
