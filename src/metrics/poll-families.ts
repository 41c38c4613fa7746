import type { WorkgroupView } from "../snapshot/view.ts";
import { type Family, type Sample, single } from "./family.ts";
import { cutFreeText } from "./label.ts";
import { WORKGROUP_LABELS } from "./workgroup-labels.ts";

/** What a workgroup is, and how polling it goes. */
export const POLL_FAMILIES: readonly Family<WorkgroupView>[] = [
  row(
    "athena_workgroup_info",
    "gauge",
    "A workgroup that this exporter polls, with its tags that discovery.tag_labels names as tag_*; always 1.",
    {
      labels: ["account_name", "engine_version"],
      samples: (view) => [{ labels: infoLabels(view), value: 1 }],
    },
  ),
  row("athena_workgroup_up", "gauge", "1 if the last poll succeeded, else 0; 0 until the first success.", {
    samples: ({ up }) => single(up ? 1 : 0),
  }),
  row("athena_workgroup_failing", "gauge", "1 with the reason, only while the last poll failed.", {
    labels: ["reason"],
    samples: ({ failure }) =>
      failure === undefined ? [] : [{ labels: { reason: failure.reason }, value: 1 }],
  }),
  row(
    "athena_workgroup_last_success_timestamp_seconds",
    "gauge",
    "When a poll last succeeded, in Unix time; 0 until the first success.",
    { samples: ({ lastSuccessMs }) => single(lastSuccessMs / 1000) },
  ),
  row(
    "athena_workgroup_poll_interval_seconds",
    "gauge",
    "The interval between polls as planned now; over the configured one when the rate limit forces it.",
    { samples: ({ plannedIntervalSeconds }) => single(plannedIntervalSeconds) },
  ),
  row("athena_workgroup_poll_duration_seconds", "gauge", "How long the last poll took.", {
    samples: ({ lastPollSeconds }) => (lastPollSeconds === undefined ? [] : single(lastPollSeconds)),
  }),
  row("athena_workgroup_polls_total", "counter", "Polls, failed ones included.", {
    samples: ({ polls }) => single(polls),
  }),
  row("athena_workgroup_poll_failures_total", "counter", "Polls that failed.", {
    samples: ({ pollFailures }) => single(pollFailures),
  }),
  row(
    "athena_workgroup_listings_truncated_total",
    "counter",
    "Reconciling listings that a page cap cut short; life-cycle counters are complete unless this increases.",
    { samples: ({ counters }) => single(counters.truncatedListings) },
  ),
];

interface PollRow {
  readonly labels?: readonly string[];
  readonly samples: (view: WorkgroupView) => readonly Sample[];
}

function row(name: string, type: "gauge" | "counter", help: string, rest: PollRow): Family<WorkgroupView> {
  const labels = [...WORKGROUP_LABELS, ...(rest.labels ?? [])];
  return { name, type, help, labels, fromSessions: false, samples: rest.samples };
}

function infoLabels(view: WorkgroupView): Readonly<Record<string, string>> {
  const tags = Object.entries(view.tagLabels ?? {}).map(([label, value]) => [label, cutFreeText(value)]);
  return {
    account_name: cutFreeText(view.accountName),
    engine_version: cutFreeText(view.engineVersion),
    ...(Object.fromEntries(tags) as Readonly<Record<string, string>>),
  };
}
