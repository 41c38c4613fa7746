import type { SessionRow } from "../snapshot/snapshot.ts";
import type { WorkgroupView } from "../snapshot/view.ts";
import { type Family, type FamilyRow, type RenderOptions, type Sample, single } from "./family.ts";
import { cutFreeText, type Labels } from "./label.ts";
import { WORKGROUP_LABELS } from "./workgroup-labels.ts";

/** A family with a series a session, for those within the limits. */
export interface SessionFamily extends FamilyRow {
  /** Its labels are those beyond the session's id. Undefined where the session has no such sample. */
  readonly sample: (row: SessionRow) => Sample | undefined;
}

/** The families with a series a session. */
export function sessionFamilies(options: RenderOptions): readonly SessionFamily[] {
  return [
    perSession("athena_session_info", "A living session; always 1.", {
      labels: ["session_id", "engine_version"],
      sample: (row) => ({ labels: infoLabels(row, options), value: 1 }),
    }),
    perSession("athena_session_start_timestamp_seconds", "When the session started, in Unix time.", {
      labels: ["session_id"],
      sample: startSample,
    }),
    perSession(
      "athena_session_state_since_timestamp_seconds",
      "Since when the session is in its present state, in Unix time.",
      { labels: ["session_id", "state"], sample: stateSample },
    ),
    perSession("athena_session_max_dpus", "Most DPUs that the session may use; with sessions.details only.", {
      labels: ["session_id"],
      sample: ({ maxDpus }) => optional(maxDpus),
    }),
    perSession(
      "athena_session_idle_timeout_seconds",
      "How long the session may be idle before Athena ends it; with sessions.details only.",
      { labels: ["session_id"], sample: ({ idleTimeoutSeconds }) => optional(idleTimeoutSeconds) },
    ),
  ];
}

/** How many sessions have no series of their own. */
export const OMITTED_FAMILY: Family<WorkgroupView> = {
  name: "athena_sessions_omitted",
  type: "gauge",
  help: "Living sessions without series of their own, because of a limit.",
  labels: WORKGROUP_LABELS,
  fromSessions: true,
  samples: ({ snapshot, omittedSessions }) => (snapshot === undefined ? [] : single(omittedSessions)),
};

/** The sessions that have series of their own. */
export function shownRows({ snapshot, shownSessions }: WorkgroupView): readonly SessionRow[] {
  return snapshot === undefined ? [] : snapshot.rows.slice(0, shownSessions);
}

function perSession(
  name: string,
  help: string,
  { labels, sample }: { readonly labels: readonly string[]; readonly sample: SessionFamily["sample"] },
): SessionFamily {
  return {
    name,
    type: "gauge",
    help,
    labels: [...WORKGROUP_LABELS, ...labels],
    fromSessions: true,
    sample,
  };
}

function infoLabels(row: SessionRow, options: RenderOptions): Labels {
  const texts = { description: row.description, execution_role: row.executionRole };
  const labels: Record<string, string> = { engine_version: cutFreeText(row.engineVersion) };
  for (const label of options.sessionLabels) labels[label] = cutFreeText(texts[label]);
  return labels;
}

function startSample({ startMs }: SessionRow): Sample | undefined {
  return optional(startMs === undefined ? undefined : startMs / 1000);
}

function optional(value: number | undefined): Sample | undefined {
  return value === undefined ? undefined : { value };
}

function stateSample({ state, sinceMs }: SessionRow): Sample {
  return { labels: { state }, value: sinceMs / 1000 };
}
