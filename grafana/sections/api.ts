import { line, type Section } from "../layout.ts";
import { graph, stat } from "../panels.ts";
import { largestNow, regionRate, REGION_KEY, sumBy } from "../queries.ts";
import { goodBelow } from "../thresholds.ts";
import { UNIT } from "../units.ts";

const REGION = REGION_KEY.split(", ");
/** More accounts' regions than this are no graph any more. */
const MOST_REGIONS = 5;
const BY_REGION = "{{aws_account_id}} {{aws_region}}";

const REQUESTS = regionRate("athena_exporter_api_requests_total", REGION);
const THROTTLED = regionRate("athena_exporter_api_request_failures_total", REGION, ['reason="throttled"']);

/** Calls of AWS: how many against the limits, how fast, and how they fail. */
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
      "API calls a second as a share of the rate limit above, in the account and region where it is largest, and over all " +
      "shards. Near 100% polls are spread out further than configured; raise poll.rate_limit as far as AWS' quota allows.",
    unit: UNIT.share,
    thresholds: goodBelow(0.8, 1.05),
    query: `max(${REQUESTS}) / $rate_limit`,
  });
}

export function throttledStat() {
  return stat({
    title: "Throttled calls",
    description:
      "The share of API calls that AWS throttles, in the account and region where it is largest. Now and then one is of no " +
      "matter, since it is tried again. From 5% on somebody else uses the same quota, or the rate limit is too high.",
    unit: UNIT.share,
    decimals: 1,
    thresholds: goodBelow(0.01, 0.05),
    query: `max(${THROTTLED} / on (${REGION_KEY}) (${REQUESTS} > 0)) or 0 * max(${REQUESTS})`,
  });
}

function requests() {
  return graph({
    title: "API calls against the limit",
    description:
      "Calls a second, retries included, in the five accounts' regions with the most, all shards together. They stay below " +
      "the dashed line, which is the rate limit given above: the exporter does not tell its own.",
    unit: UNIT.requestsPerSecond,
    queries: {
      [BY_REGION]: largestNow(MOST_REGIONS, REQUESTS, REGION_KEY),
      "rate limit": "vector($rate_limit)",
    },
    limits: ["rate limit"],
  });
}

function throttles() {
  return graph({
    title: "Throttled API calls",
    description:
      "Calls a second that AWS throttled, in the five accounts' regions with the most. AWS' quota is shared with all else in " +
      "the account that lists sessions. Throttling that lasts calls for a lower rate limit here or a higher quota there.",
    unit: UNIT.requestsPerSecond,
    queries: { [BY_REGION]: largestNow(MOST_REGIONS, `${THROTTLED} > 0`, REGION_KEY) },
    noValue: "none",
  });
}

function failures() {
  return graph({
    title: "Failed API calls by reason",
    description:
      "Calls a second that failed, by why. Calls are tried up to three times, so that a call that fails here need not fail a " +
      "poll. Nothing is drawn while none fails.",
    unit: UNIT.requestsPerSecond,
    queries: { "{{reason}}": `${regionRate("athena_exporter_api_request_failures_total", ["reason"])} > 0` },
    stacked: true,
    noValue: "none",
  });
}

function requestsByOperation() {
  return graph({
    title: "API calls by operation",
    description:
      "Calls a second by operation. ListSessions makes up most; GetSession only where sessions.details is on; many " +
      "GetSessionStatus mean that sessions vanish from listings.",
    unit: UNIT.requestsPerSecond,
    queries: { "{{operation}}": regionRate("athena_exporter_api_requests_total", ["operation"]) },
    stacked: true,
  });
}

function durations() {
  const buckets = "rate(athena_exporter_api_request_duration_seconds_bucket[$__rate_interval])";
  const quantile = (share: number) => `histogram_quantile(${share}, ${sumBy(["le"], buckets)})`;
  return graph({
    title: "API call durations",
    description:
      "How long one attempt of a call takes, waiting for the rate limit excluded, in all accounts: the variables for " +
      "account and region do not apply. Tenths of a second are usual; calls are given up after poll.timeout, ten seconds " +
      "by default.",
    unit: UNIT.seconds,
    queries: { "99%": quantile(0.99), "90%": quantile(0.9), median: quantile(0.5) },
  });
}

function skippedPolls() {
  const skipped = `${regionRate("athena_exporter_polls_skipped_total", REGION)} * 3600`;
  return graph({
    title: "Polls the rate limit delayed",
    description:
      "Polls an hour that could not start in time because of the rate limit, in the five accounts' regions with the most. At 0 " +
      "every workgroup is polled as often as configured. More shards do not help, as they share the limit: raise it, or " +
      "poll.interval.",
    unit: UNIT.perHour,
    queries: { [BY_REGION]: largestNow(MOST_REGIONS, skipped, REGION_KEY) },
  });
}
