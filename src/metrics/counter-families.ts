import { COUNTED_STATES } from "../sessions/session.ts";
import type { LifeCycleCounters } from "../sessions/life-cycle.ts";
import type { WorkgroupView } from "../snapshot/view.ts";
import { byKey, type Family, type Sample, single } from "./family.ts";
import { WORKGROUP_LABELS } from "./workgroup-labels.ts";

const ENDINGS = ["TERMINATED", "FAILED", "UNKNOWN"] as const;

/** What happened to a workgroup's sessions since its first successful poll; there from the start, as 0. */
export const COUNTER_FAMILIES: readonly Family<WorkgroupView>[] = [
  counter("athena_idle_dpu_seconds_total", "DPU-seconds that IDLE sessions held; a lower bound.", {
    samples: ({ idleDpuSeconds }) => single(idleDpuSeconds),
  }),
  counter("athena_session_seconds_total", "Session-seconds in each living state, as seen by polls.", {
    labels: ["state"],
    samples: ({ sessionSeconds }) => byKey("state", COUNTED_STATES, sessionSeconds),
  }),
  counter("athena_sessions_started_total", "Sessions that started after the first successful poll.", {
    samples: ({ started }) => single(started),
  }),
  counter(
    "athena_sessions_ended_total",
    "Sessions that ended, each once; UNKNOWN for those that vanished without a trace.",
    { labels: ["state"], samples: ({ ended }) => byKey("state", ENDINGS, ended) },
  ),
  counter("athena_sessions_degraded_total", "Sessions that became DEGRADED, each once.", {
    samples: ({ degraded }) => single(degraded),
  }),
  counter(
    "athena_ended_dpu_seconds_total",
    "DPU-seconds used by sessions that ended; with sessions.details only.",
    { samples: ({ endedDpuSeconds }, { showsDetails }) => (showsDetails ? single(endedDpuSeconds) : []) },
  ),
];

interface LifeCycleCounter {
  readonly labels?: readonly string[];
  readonly samples: (counters: LifeCycleCounters, view: WorkgroupView) => readonly Sample[];
}

function counter(name: string, help: string, row: LifeCycleCounter): Family<WorkgroupView> {
  return {
    name,
    type: "counter",
    help,
    labels: [...WORKGROUP_LABELS, ...(row.labels ?? [])],
    fromSessions: false,
    samples: (view) => row.samples(view.counters, view),
  };
}
