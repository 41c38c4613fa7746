import type { SessionRow } from "../snapshot/snapshot.ts";
import type { WorkgroupView } from "../snapshot/view.ts";
import { type Family, type RenderOptions, type Sample, single } from "./family.ts";
import { cutFreeText, type Labels } from "./label.ts";
import { WORKGROUP_LABELS } from "./workgroup-labels.ts";

/** A series a session, for those within the limits, and how many are not. */
export function sessionFamilies(options: RenderOptions): readonly Family<WorkgroupView>[] {
  return [
    gauge("athena_session_info", "A living session; always 1.", {
      labels: ["session_id", "engine_version"],
      samples: eachSession((row) => ({ labels: infoLabels(row, options), value: 1 })),
    }),
    gauge("athena_session_start_timestamp_seconds", "When the session started, in Unix time.", {
      labels: ["session_id"],
      samples: eachSession(startSample),
    }),
    gauge(
      "athena_session_state_since_timestamp_seconds",
      "Since when the session is in its present state, in Unix time.",
      { labels: ["session_id", "state"], samples: eachSession(stateSample) },
    ),
    gauge("athena_sessions_omitted", "Living sessions without series of their own, because of a limit.", {
      labels: [],
      samples: (_rows, { omittedSessions }) => single(omittedSessions),
    }),
  ];
}

/** From the sessions that have series of their own. */
type RowSamples = (rows: readonly SessionRow[], view: WorkgroupView) => readonly Sample[];

function gauge(
  name: string,
  help: string,
  row: { readonly labels: readonly string[]; readonly samples: RowSamples },
): Family<WorkgroupView> {
  return {
    name,
    type: "gauge",
    help,
    labels: [...WORKGROUP_LABELS, ...row.labels],
    fromSessions: true,
    samples: (view) =>
      view.snapshot === undefined ? [] : row.samples(view.snapshot.rows.slice(0, view.shownSessions), view),
  };
}

function eachSession(sample: (row: SessionRow) => Sample | undefined): RowSamples {
  return (rows) => rows.flatMap((row) => sample(row) ?? []);
}

function infoLabels(row: SessionRow, options: RenderOptions): Labels {
  const extra = options.sessionLabels.map((label) => [label, cutFreeText(row[label])]);
  return {
    session_id: row.id,
    engine_version: cutFreeText(row.engineVersion),
    ...Object.fromEntries(extra),
  };
}

function startSample(row: SessionRow): Sample | undefined {
  if (row.startMs === undefined) return undefined;
  return { labels: { session_id: row.id }, value: row.startMs / 1000 };
}

function stateSample(row: SessionRow): Sample {
  return { labels: { session_id: row.id, state: row.state }, value: row.sinceMs / 1000 };
}
