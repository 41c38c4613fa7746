import { THRESHOLD_NAMES } from "../config/thresholds.ts";
import { ACTIVE_STATES, COUNTED_STATES, ENDED_STATES } from "../sessions/session.ts";
import type { LifeCycleCounters } from "../sessions/life-cycle.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import type { WorkgroupView } from "../snapshot/view.ts";
import { byKey, single, WORKGROUP_LABELS, type Family, type Sample } from "./family.ts";
import { cutFreeText, type Labels } from "./text.ts";

const END_STATES = [...ENDED_STATES, "UNKNOWN"] as const;

/** Families whose samples are of all sessions of a workgroup; withdrawn while the last successful poll is too old. */
export const SNAPSHOT_FAMILIES: readonly Family<WorkgroupView>[] = [
  fromSnapshot(
    "athena_sessions",
    "Number of active sessions by state; UNKNOWN is a state that this version does not know.",
    ["state"],
    ({ sessions }) => byKey("state", COUNTED_STATES, sessions),
  ),
  fromSnapshot(
    "athena_sessions_recently_ended",
    "Number of sessions that ended within the last hour, by state; absent until a poll has listed the sessions that ended before the exporter started.",
    ["state"],
    ({ recentlyEnded }) => (recentlyEnded === undefined ? [] : byKey("state", ENDED_STATES, recentlyEnded)),
  ),
  fromSnapshot(
    "athena_idle_sessions",
    "Number of IDLE sessions that have been idle for at least min_idle_seconds.",
    ["min_idle_seconds"],
    ({ idle }) =>
      idle.map(({ minIdleSeconds, count }) => ({
        labels: { min_idle_seconds: String(minIdleSeconds) },
        value: count,
      })),
  ),
  fromSnapshot(
    "athena_sessions_longest_idle_seconds",
    "Idle time of the session that has been idle the longest, in seconds; 0 when none is idle.",
    [],
    ({ longestIdleSeconds }) => single(longestIdleSeconds),
  ),
  fromSnapshot(
    "athena_sessions_combined_idle_seconds",
    "Sum of the idle times of all IDLE sessions, in seconds.",
    [],
    ({ combinedIdleSeconds }) => single(combinedIdleSeconds),
  ),
  fromSnapshot(
    "athena_sessions_oldest_age_seconds",
    "Time since the start of the oldest session in each state, in seconds; 0 when there is none.",
    ["state"],
    ({ oldestAgeSeconds }) => byKey("state", ACTIVE_STATES, oldestAgeSeconds),
  ),
  fromSnapshot(
    "athena_idle_dpus",
    "Number of DPUs that IDLE sessions hold now, at least: 1 for each coordinator unless details tell more.",
    [],
    ({ idleDpus }) => single(idleDpus),
  ),
  fromSnapshot(
    "athena_sessions_over_threshold",
    "Number of sessions that have reached a threshold and need action.",
    ["threshold"],
    ({ overThreshold }) => byKey("threshold", THRESHOLD_NAMES, overThreshold),
  ),
  fromSnapshot(
    "athena_sessions_without_owner",
    "Number of active sessions of which it is not known who started them; only with sessions.owners.",
    [],
    ({ withoutOwner }, { showsOwners }) => single(showsOwners ? withoutOwner : undefined),
  ),
];

/** What happened to a workgroup's sessions since its first successful poll; 0 until then, reset when the exporter restarts. */
export const LIFE_CYCLE_FAMILIES: readonly Family<WorkgroupView>[] = [
  fromCounters(
    "athena_idle_dpu_seconds_total",
    "DPU-seconds that IDLE sessions have held, at least.",
    [],
    ({ idleDpuSeconds }) => single(idleDpuSeconds),
  ),
  fromCounters(
    "athena_session_seconds_total",
    "Seconds that sessions have spent in each active state, as seen by polls.",
    ["state"],
    ({ sessionSeconds }) => byKey("state", COUNTED_STATES, sessionSeconds),
  ),
  fromCounters(
    "athena_sessions_started_total",
    "Number of sessions that started after the first successful poll.",
    [],
    ({ started }) => single(started),
  ),
  fromCounters(
    "athena_sessions_ended_total",
    "Number of sessions that ended after the first successful poll, each once; UNKNOWN if Athena no longer knows the session.",
    ["state"],
    ({ ended }) => byKey("state", END_STATES, ended),
  ),
  fromCounters(
    "athena_sessions_degraded_total",
    "Number of sessions that became DEGRADED after the first successful poll, each once.",
    [],
    ({ degraded }) => single(degraded),
  ),
  fromCounters(
    "athena_ended_dpu_seconds_total",
    "DPU-seconds used by sessions that ended; only with sessions.details.",
    [],
    ({ endedDpuSeconds }, { showsDetails }) => single(showsDetails ? endedDpuSeconds : undefined),
  ),
];

/** A workgroup, and how it is polled. */
export const POLL_FAMILIES: readonly Family<WorkgroupView>[] = [
  fromView(
    "athena_workgroup_info",
    "gauge",
    "A workgroup that this exporter polls, with the tags of discovery.tag_labels as tag_*; always 1.",
    ["account_name", "engine_version"],
    (view) => [{ labels: infoLabels(view), value: 1 }],
  ),
  fromView(
    "athena_threshold_seconds",
    "gauge",
    "Seconds in a state, or age, from which a session needs action: thresholds of the configuration.",
    ["threshold"],
    ({ thresholds }) => byKey("threshold", THRESHOLD_NAMES, thresholds.seconds),
  ),
  fromView(
    "athena_threshold_daily_idle_cost_usd",
    "gauge",
    "What the idle sessions may cost within a day, in US dollars: thresholds.idle_cost_usd_per_day of the configuration.",
    [],
    ({ thresholds }) => single(thresholds.idleUsdPerDay),
  ),
  fromView(
    "athena_workgroup_up",
    "gauge",
    "1 if the last poll succeeded, else 0; 0 until the first success.",
    [],
    ({ up }) => single(up ? 1 : 0),
  ),
  fromView(
    "athena_workgroup_failing",
    "gauge",
    "1, with the reason, while the last poll failed; absent otherwise.",
    ["reason"],
    ({ failure }) => (failure === undefined ? [] : [{ labels: { reason: failure.reason }, value: 1 }]),
  ),
  fromView(
    "athena_workgroup_last_success_timestamp_seconds",
    "gauge",
    "Unix time of the last successful poll; 0 until the first success.",
    [],
    ({ lastSuccessMs }) => single(lastSuccessMs / 1000),
  ),
  fromView(
    "athena_workgroup_poll_interval_seconds",
    "gauge",
    "Time between two polls as planned now, in seconds; longer than configured when the rate limit requires it.",
    [],
    ({ plannedIntervalSeconds }) => single(plannedIntervalSeconds),
  ),
  fromView(
    "athena_workgroup_poll_duration_seconds",
    "gauge",
    "Duration of the last poll, in seconds; absent until the first poll.",
    [],
    ({ lastPollSeconds }) => single(lastPollSeconds),
  ),
  fromView(
    "athena_workgroup_polls_total",
    "counter",
    "Number of polls, failed ones included.",
    [],
    ({ polls }) => single(polls),
  ),
  fromView(
    "athena_workgroup_poll_failures_total",
    "counter",
    "Number of polls that failed.",
    [],
    ({ pollFailures }) => single(pollFailures),
  ),
  fromView(
    "athena_workgroup_listings_truncated_total",
    "counter",
    "Number of reconciliation listings cut short by the page limit; life-cycle counters are complete unless this increases.",
    [],
    ({ counters }) => single(counters.truncatedListings),
  ),
];

function fromSnapshot(
  name: string,
  help: string,
  labels: readonly string[],
  samples: (snapshot: Snapshot, view: WorkgroupView) => readonly Sample[],
): Family<WorkgroupView> {
  return {
    ...fromView(name, "gauge", help, labels, (view) =>
      view.snapshot === undefined ? [] : samples(view.snapshot, view),
    ),
    fromSessions: true,
  };
}

function fromCounters(
  name: string,
  help: string,
  labels: readonly string[],
  samples: (counters: LifeCycleCounters, view: WorkgroupView) => readonly Sample[],
): Family<WorkgroupView> {
  return fromView(name, "counter", help, labels, (view) => samples(view.counters, view));
}

function fromView(
  name: string,
  type: "gauge" | "counter",
  help: string,
  labels: readonly string[],
  samples: (view: WorkgroupView) => readonly Sample[],
): Family<WorkgroupView> {
  return { name, type, help, labels: [...WORKGROUP_LABELS, ...labels], fromSessions: false, samples };
}

function infoLabels(view: WorkgroupView): Labels {
  const tags = Object.entries(view.tagLabels ?? {}).map(([label, value]) => [label, cutFreeText(value)]);
  return {
    account_name: cutFreeText(view.accountName),
    engine_version: cutFreeText(view.engineVersion),
    ...(Object.fromEntries(tags) as Labels),
  };
}
