import { line, type Section } from "../layout.ts";
import { bars, stat } from "../panels.ts";
import { gauge, totalOverRange, rate, sum } from "../queries.ts";
import { goodBelow } from "../thresholds.ts";
import { UNIT } from "../units.ts";

const MAX_BARS = 10;

/** Sessions and events that the metrics omit. */
export function completenessSection(): Section {
  return { title: "Completeness", lines: [line(7, omittedSessions(), truncatedListings())] };
}

export function omittedStat() {
  return stat({
    title: "Omitted sessions",
    description:
      "Active sessions without per-session series because of a limit. They are included in all counts but missing in tables " +
      "and timelines of sessions.",
    unit: UNIT.count,
    thresholds: goodBelow(1),
    query: sum(gauge("athena_sessions_omitted")),
  });
}

function omittedSessions() {
  return bars({
    title: "Omitted sessions by workgroup",
    description:
      "Active sessions without per-session series because of a limit, in the ten workgroups with the most. They are included " +
      "in all counts but missing in tables of sessions. Degraded, stuck and longest idle sessions are omitted last. Raise " +
      "sessions.per_session.limit or total_limit to see all sessions.",
    unit: UNIT.count,
    decimals: 0,
    thresholds: goodBelow(1),
    query: `topk(${MAX_BARS}, ${gauge("athena_sessions_omitted")} > 0)`,
    noValue: "none",
  });
}

function truncatedListings() {
  return bars({
    title: "Truncated listings by workgroup",
    description:
      "Reconciliation listings that stopped at their page limit in the time range, in the ten workgroups with the most. More " +
      "sessions ended than one listing reads, so the counters of started and ended sessions may be too low. A shorter " +
      "poll.reconcile_interval helps.",
    unit: UNIT.count,
    decimals: 0,
    thresholds: goodBelow(1),
    query: `topk(${MAX_BARS}, ${totalOverRange(rate("athena_workgroup_listings_truncated_total"))} > 0)`,
    noValue: "none",
  });
}
