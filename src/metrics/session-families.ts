import type { SessionRow } from "../snapshot/snapshot.ts";
import type { WorkgroupView } from "../snapshot/view.ts";
import {
  renderSample,
  single,
  WORKGROUP_LABELS,
  type Family,
  type FamilyRow,
  type Sample,
} from "./family.ts";
import { cutFreeText, labelPairs, type Labels } from "./text.ts";

/** A label that the configuration adds to athena_session_info. */
type SessionLabel = "description" | "execution_role" | "started_by";

/** A family of per-session series. */
export interface SessionFamily extends FamilyRow {
  /** Its labels are those beyond the session's id. Undefined where the session has no such sample. */
  readonly sample: (row: SessionRow) => Sample | undefined;
}

/** The families of per-session series. */
export function sessionFamilies(sessionLabels: readonly SessionLabel[]): readonly SessionFamily[] {
  return [
    perSession(
      "athena_session_info",
      "An active session; always 1.",
      ["session_id", "engine_version"],
      (row) => ({ labels: infoLabels(row, sessionLabels), value: 1 }),
    ),
    perSession(
      "athena_session_start_timestamp_seconds",
      "Unix time when the session started.",
      ["session_id"],
      ({ startMs }) => optional(startMs === undefined ? undefined : startMs / 1000),
    ),
    perSession(
      "athena_session_state_since_timestamp_seconds",
      "Unix time since when the session is in its present state.",
      ["session_id", "state"],
      ({ state, sinceMs }) => ({ labels: { state }, value: sinceMs / 1000 }),
    ),
    perSession(
      "athena_session_max_dpus",
      "Maximum number of DPUs that the session may use; only with sessions.details.",
      ["session_id"],
      ({ maxDpus }) => optional(maxDpus),
    ),
    perSession(
      "athena_session_idle_timeout_seconds",
      "Idle time after which Athena ends the session, in seconds; only with sessions.details.",
      ["session_id"],
      ({ idleTimeoutSeconds }) => optional(idleTimeoutSeconds),
    ),
  ];
}

/** How many sessions have no per-session series. */
export const OMITTED_FAMILY: Family<WorkgroupView> = {
  name: "athena_sessions_omitted",
  type: "gauge",
  help: "Number of active sessions without per-session series because of a limit.",
  labels: WORKGROUP_LABELS,
  fromSessions: true,
  samples: ({ snapshot, omittedSessions }) => single(snapshot === undefined ? undefined : omittedSessions),
};

/**
 * The lines of a workgroup's sessions, one string a family. There may be a hundred sessions, so the labels that their series share,
 * which are most of a line, are rendered once a session.
 */
export function renderSessions(
  families: readonly SessionFamily[],
  view: WorkgroupView,
  sharedPairs: string,
): readonly string[] {
  const texts = families.map(() => "");
  for (const row of shownRows(view)) {
    const pairs = `${sharedPairs},${labelPairs({ session_id: row.id })}`;
    for (const [index, { name, sample }] of families.entries()) {
      const shown = sample(row);
      if (shown !== undefined) texts[index] += renderSample(name, pairs, shown);
    }
  }
  return texts;
}

/** Whether the lines of the sessions of two views of a workgroup are the same: most sessions stay as they are from poll to poll. */
export function haveSameSessionLines(a: WorkgroupView, b: WorkgroupView): boolean {
  if (a.accountId !== b.accountId) return false;
  const [rows, others] = [shownRows(a), shownRows(b)];
  return rows.length === others.length && rows.every((row, index) => haveSameLines(row, others[index]));
}

function haveSameLines(a: SessionRow, b: SessionRow | undefined): boolean {
  if (a === b) return true;
  return (
    a.id === b?.id &&
    a.state === b.state &&
    a.sinceMs === b.sinceMs &&
    a.startMs === b.startMs &&
    a.engineVersion === b.engineVersion &&
    a.description === b.description &&
    a.startedBy?.name === b.startedBy?.name &&
    a.executionRole === b.executionRole &&
    a.maxDpus === b.maxDpus &&
    a.idleTimeoutSeconds === b.idleTimeoutSeconds
  );
}

function shownRows({ snapshot, shownSessions }: WorkgroupView): readonly SessionRow[] {
  return snapshot?.rows.slice(0, shownSessions) ?? [];
}

function perSession(
  name: string,
  help: string,
  labels: readonly string[],
  sample: SessionFamily["sample"],
): SessionFamily {
  return { name, type: "gauge", help, labels: [...WORKGROUP_LABELS, ...labels], fromSessions: true, sample };
}

function infoLabels(row: SessionRow, sessionLabels: readonly SessionLabel[]): Labels {
  const { description, executionRole, startedBy } = row;
  const texts = { description, execution_role: executionRole, started_by: startedBy?.name ?? "" };
  const labels: Record<string, string> = { engine_version: cutFreeText(row.engineVersion) };
  for (const label of sessionLabels) labels[label] = cutFreeText(texts[label]);
  return labels;
}

function optional(value: number | undefined): Sample | undefined {
  return value === undefined ? undefined : { value };
}
