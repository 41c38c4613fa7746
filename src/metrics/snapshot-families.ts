import { COUNTED_STATES, ENDED_STATES, LIVING_STATES } from "../sessions/session.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import type { WorkgroupView } from "../snapshot/view.ts";
import { byKey, type Family, type Sample, single } from "./family.ts";
import { WORKGROUP_LABELS } from "./workgroup-labels.ts";

/** A workgroup's gauges over all its sessions; absent while nothing recent is known. */
export const SNAPSHOT_FAMILIES: readonly Family<WorkgroupView>[] = [
  gauge("athena_sessions", "Living sessions by state; UNKNOWN is a state that this version does not know.", {
    labels: ["state"],
    samples: ({ sessions }) => byKey("state", COUNTED_STATES, sessions),
  }),
  gauge("athena_sessions_recently_ended", "Sessions that ended within the last hour.", {
    labels: ["state"],
    samples: ({ recentlyEnded }) => byKey("state", ENDED_STATES, recentlyEnded),
  }),
  gauge("athena_idle_sessions", "IDLE sessions that have been idle for at least min_idle_seconds.", {
    labels: ["min_idle_seconds"],
    samples: ({ idle }) => idle.map(idleSample),
  }),
  gauge(
    "athena_sessions_longest_idle_seconds",
    "How long the longest idle session has been idle; 0 when none is.",
    { samples: ({ longestIdleSeconds }) => single(longestIdleSeconds) },
  ),
  gauge("athena_sessions_combined_idle_seconds", "Sum over the IDLE sessions of how long they are idle.", {
    samples: ({ combinedIdleSeconds }) => single(combinedIdleSeconds),
  }),
  gauge(
    "athena_sessions_oldest_age_seconds",
    "Age since its start of the oldest session in a state; 0 when there is none.",
    {
      labels: ["state"],
      samples: ({ oldestAgeSeconds }) => byKey("state", LIVING_STATES, oldestAgeSeconds),
    },
  ),
  gauge("athena_idle_dpus", "DPUs that IDLE sessions hold now, 1 each for the coordinator; a lower bound.", {
    samples: ({ idleDpus }) => single(idleDpus),
  }),
];

interface SnapshotGauge {
  readonly labels?: readonly string[];
  readonly samples: (snapshot: Snapshot) => readonly Sample[];
}

function gauge(name: string, help: string, row: SnapshotGauge): Family<WorkgroupView> {
  return {
    name,
    type: "gauge",
    help,
    labels: [...WORKGROUP_LABELS, ...(row.labels ?? [])],
    fromSessions: true,
    samples: ({ snapshot }) => (snapshot === undefined ? [] : row.samples(snapshot)),
  };
}

function idleSample({ minIdleSeconds, count }: Snapshot["idle"][number]): Sample {
  return { labels: { min_idle_seconds: String(minIdleSeconds) }, value: count };
}
