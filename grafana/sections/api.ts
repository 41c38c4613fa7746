import { graph, stat } from "../panels.ts";
import { regionRate, regionSeries, REGION_KEY, sumBy } from "../queries.ts";
import { goodBelow } from "../thresholds.ts";
import { UNIT } from "../units.ts";

/** A graph with more series would be unreadable. */
const MAX_REGIONS = 5;
const BY_REGION = "{{aws_account_id}} {{aws_region}}";

const REQUESTS = "athena_exporter_api_requests_total";
const FAILURES = "athena_exporter_api_request_failures_total";

/** Each exporter exports its own; those of the shards add up to the limit of the account and region. */
const RATE_LIMIT = sumBy(REGION_KEY.split(", "), regionSeries("athena_exporter_api_rate_limit"));

export function apiStat() {
  const unfiltered = `sum by (${REGION_KEY}) (rate(${REQUESTS}[$__rate_interval]))`;
  const share = (where: readonly string[]) =>
    `max(${regionRate(FAILURES, undefined, where)} / ${unfiltered}) or vector(0)`;
  return stat({
    title: "AWS API",
    description:
      "Is the API used to its limit? The highest share of any account and region. Rate limit used: requests as a share of the " +
      "exporters' own limits; near 100% workgroups are polled less often than configured. Throttled: requests that AWS refuses; " +
      "from 5% on, other clients use the same quota, or poll.rate_limit is too high. Failed: for other reasons; see the row below.",
    unit: UNIT.share,
    thresholds: goodBelow(0.9, 1.1),
    query: {
      "rate limit used": `max(${regionRate(REQUESTS)} / ${RATE_LIMIT})`,
      throttled: share(['reason="throttled"']),
      failed: share(['reason!="throttled"']),
    },
    values: {
      throttled: { unit: UNIT.share, thresholds: goodBelow(0.01, 0.05) },
      failed: { unit: UNIT.share, thresholds: goodBelow(0.01, 0.05) },
    },
  });
}

export function requests() {
  return graph({
    title: "API requests and rate limit",
    description:
      "How much of the rate limit is left? API requests per second of all exporters, retries included, in the five accounts and " +
      "regions with the most. They stay below the dashed line, the highest limit of an account and region.",
    unit: UNIT.requestsPerSecond,
    queries: {
      [BY_REGION]: `topk(${MAX_REGIONS}, ${regionRate(REQUESTS)})`,
      "rate limit": `max(${RATE_LIMIT})`,
    },
    limits: ["/^rate limit$/"],
  });
}

export function failedRequests() {
  return graph({
    title: "Failed API requests by reason",
    description:
      "Which API requests fail, and why? Requests per second. Each call is attempted up to three times, so a failed request does " +
      "not always fail a poll. The graph is empty while no request fails.",
    unit: UNIT.requestsPerSecond,
    queries: { "{{operation}}, {{reason}}": `${regionRate(FAILURES, ["operation", "reason"])} > 0` },
    stacked: true,
    noValue: "none",
  });
}
