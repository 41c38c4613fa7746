import { line, type Section } from "../layout.ts";
import { bars, stat } from "../panels.ts";
import { gauge, overRange, rate, sum } from "../queries.ts";
import { goodBelow } from "../thresholds.ts";
import { UNIT } from "../units.ts";

const MOST = 10;

/** What the numbers do not show. */
export function completenessSection(): Section {
  return { title: "What is left out", lines: [line(7, omittedSessions(), truncatedListings())] };
}

export function omittedStat() {
  return stat({
    title: "Sessions without series",
    description:
      "Living sessions that have no series of their own because of a limit. They are counted everywhere but missing in " +
      "tables and timelines of sessions.",
    unit: UNIT.count,
    thresholds: goodBelow(1),
    query: sum(gauge("athena_sessions_omitted")),
  });
}

function omittedSessions() {
  return bars({
    title: "Sessions without series, most first",
    description:
      "Living sessions that have no series of their own because of a limit, in the ten workgroups with the most. They are " +
      "counted everywhere but missing in tables of sessions. Those shown are the degraded, the stuck and the longest idle. " +
      "Raise sessions.per_session.limit or total_limit to see all.",
    unit: UNIT.count,
    decimals: 0,
    thresholds: goodBelow(1),
    query: `topk(${MOST}, ${gauge("athena_sessions_omitted")} > 0)`,
    noValue: "none",
  });
}

function truncatedListings() {
  return bars({
    title: "Truncated listings in the range, most first",
    description:
      "Listings of ended sessions that were cut short in the range, in the ten workgroups with the most: more sessions ended " +
      "than the exporter reads at a time, so that starts and ends there are counted too low. A shorter " +
      "poll.reconcile_interval helps.",
    unit: UNIT.count,
    decimals: 0,
    thresholds: goodBelow(1),
    query: `topk(${MOST}, ${overRange(rate("athena_workgroup_listings_truncated_total"))} > 0)`,
    noValue: "none",
  });
}
