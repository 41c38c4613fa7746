import { line, type Section } from "../layout.ts";
import { graph, stat } from "../panels.ts";
import { largestNow, regionRate, regionSeries, REGION_KEY, sumBy } from "../queries.ts";
import { goodBelow } from "../thresholds.ts";
import { UNIT } from "../units.ts";

const REGION_LABELS = REGION_KEY.split(", ");
/** A graph with more series would be unreadable. */
const MAX_REGIONS = 5;
const BY_REGION = "{{aws_account_id}} {{aws_region}}";

const REQUESTS = regionRate("athena_exporter_api_requests_total", REGION_LABELS);
const THROTTLED = regionRate("athena_exporter_api_request_failures_total", REGION_LABELS, [
  'reason="throttled"',
]);

/** Each shard exports its part. */
const RATE_LIMIT = sumBy(REGION_LABELS, regionSeries("athena_exporter_api_rate_limit"));

/** Requests to the AWS API: their rate, limits, durations and failures. */
export function apiSection(): Section {
  return {
    title: "AWS API",
    lines: [
      line(8, requests(), throttles(), failures()),
      line(8, requestsByOperation(), durations(), skippedPolls()),
    ],
  };
}

export function rateLimitStat() {
  return stat({
    title: "Rate limit used",
    description:
      "API requests per second of all shards as a share of their rate limit, in the account and region where it is " +
      "highest. Near 100% workgroups are polled less often than configured: raise poll.rate_limit if AWS' quota allows it.",
    unit: UNIT.share,
    thresholds: goodBelow(0.8, 1.05),
    query: `max(${REQUESTS} / on (${REGION_KEY}) ${RATE_LIMIT})`,
  });
}

export function throttledStat() {
  return stat({
    title: "Share of throttled requests",
    description:
      "The share of API requests that AWS throttles, in the account and region where it is highest. Occasional throttling is " +
      "harmless because requests are retried. From 5% on, other clients use the same quota or the rate limit is too high.",
    unit: UNIT.share,
    decimals: 1,
    thresholds: goodBelow(0.01, 0.05),
    query: `max(${THROTTLED} / on (${REGION_KEY}) (${REQUESTS} > 0)) or 0 * max(${REQUESTS})`,
  });
}

function requests() {
  return graph({
    title: "API requests and rate limit",
    description:
      "API requests per second of all shards, including retries, in the five accounts and regions with the most. They stay " +
      "below the dashed line, the rate limit of all shards in an account and region.",
    unit: UNIT.requestsPerSecond,
    queries: {
      [BY_REGION]: largestNow(MAX_REGIONS, REQUESTS, REGION_KEY),
      "rate limit": `max(${RATE_LIMIT})`,
    },
    limits: ["rate limit"],
  });
}

function throttles() {
  return graph({
    title: "Throttled API requests",
    description:
      "API requests per second that AWS throttled, in the five accounts and regions with the most. All clients of the account " +
      "share AWS' quota. If throttling continues, lower the exporter's rate limit or request a higher quota from AWS.",
    unit: UNIT.requestsPerSecond,
    queries: { [BY_REGION]: largestNow(MAX_REGIONS, `${THROTTLED} > 0`, REGION_KEY) },
    noValue: "none",
  });
}

function failures() {
  return graph({
    title: "Failed API requests by reason",
    description:
      "API requests per second that failed. Each call is attempted up to three times, so a failed request does not always " +
      "fail a poll. The graph is empty while no request fails.",
    unit: UNIT.requestsPerSecond,
    queries: { "{{reason}}": `${regionRate("athena_exporter_api_request_failures_total", ["reason"])} > 0` },
    stacked: true,
    noValue: "none",
  });
}

function requestsByOperation() {
  return graph({
    title: "API requests by operation",
    description:
      "API requests per second by operation. Most are ListSessions. GetSession occurs only with sessions.details. Many " +
      "GetSessionStatus requests mean that sessions vanish from listings.",
    unit: UNIT.requestsPerSecond,
    queries: { "{{operation}}": regionRate("athena_exporter_api_requests_total", ["operation"]) },
    stacked: true,
  });
}

function durations() {
  const buckets = "rate(athena_exporter_api_request_duration_seconds_bucket[$__rate_interval])";
  const quantile = (share: number) => `histogram_quantile(${share}, ${sumBy(["le"], buckets)})`;
  return graph({
    title: "API request durations",
    description:
      "The duration of one attempt of an API request, excluding the wait for the rate limit, in all accounts: the variables " +
      "for account and region do not apply. Tenths of a second are normal. The timeout is poll.timeout, ten seconds by " +
      "default.",
    unit: UNIT.seconds,
    queries: { "99%": quantile(0.99), "90%": quantile(0.9), median: quantile(0.5) },
  });
}

function skippedPolls() {
  const skipped = `${regionRate("athena_exporter_polls_skipped_total", REGION_LABELS)} * 3600`;
  return graph({
    title: "Polls skipped because of the rate limit",
    description:
      "Polls per hour that could not start in time because of the rate limit, in the five accounts and regions with the most. " +
      "At 0 every workgroup is polled as often as configured. More shards do not help because they share the limit: raise " +
      "poll.rate_limit or poll.interval.",
    unit: UNIT.perHour,
    queries: { [BY_REGION]: largestNow(MAX_REGIONS, skipped, REGION_KEY) },
  });
}
