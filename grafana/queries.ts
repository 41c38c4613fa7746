// PromQL in the few shapes that the dashboards need.
//
// An exporter may be restarted under another instance or pod, or run twice for the same workgroups. So what is about a
// workgroup takes the largest of what several exporters say, before anything is summed.

const REGION_LABELS = ["aws_account_id", "aws_region"] as const;
const WORKGROUP_LABELS = [...REGION_LABELS, "workgroup"] as const;

const REGION_FILTER = ['aws_account_id=~"$account"', 'aws_region=~"$region"'];
const WORKGROUP_FILTER = [...REGION_FILTER, 'workgroup=~"$workgroup"'];

/** The labels of an account's region, for `by` and `on`. */
export const REGION_KEY = REGION_LABELS.join(", ");
/** The labels of a workgroup, for `by` and `on`. */
export const WORKGROUP_KEY = WORKGROUP_LABELS.join(", ");
/** The labels of a session, for `by` and `on`. */
export const SESSION_KEY = `${WORKGROUP_KEY}, session_id`;

/** Which series of a metric are meant, and what tells them apart beside workgroup or account and region. */
export interface Choice {
  /** Labels that are kept. */
  readonly by?: readonly string[];
  /** Matchers, for example `state="IDLE"`. */
  readonly where?: readonly string[];
}

/** The series of workgroups that the variables leave. */
export function workgroupSeries(metric: string, where: readonly string[] = []): string {
  return `${metric}{${[...WORKGROUP_FILTER, ...where].join(", ")}}`;
}

/** The series of accounts' regions that the variables leave. */
export function regionSeries(metric: string, where: readonly string[] = []): string {
  return `${metric}{${[...REGION_FILTER, ...where].join(", ")}}`;
}

/** A gauge of workgroups, however many exporters tell it. */
export function gauge(metric: string, { by = [], where = [] }: Choice = {}): string {
  return maxBy([...WORKGROUP_LABELS, ...by], workgroupSeries(metric, where));
}

/** What a counter of workgroups gains a second, however many exporters count it. */
export function rate(metric: string, { by = [], where = [] }: Choice = {}): string {
  return maxBy([...WORKGROUP_LABELS, ...by], `rate(${workgroupSeries(metric, where)}[$__rate_interval])`);
}

/** A gauge of accounts' regions, however many exporters tell it. */
export function regionGauge(metric: string, { by = [], where = [] }: Choice = {}): string {
  return maxBy([...REGION_LABELS, ...by], regionSeries(metric, where));
}

/** What a counter of accounts' regions gains a second; every exporter's own calls add up. */
export function regionRate(
  metric: string,
  by: readonly string[] = [],
  where: readonly string[] = [],
): string {
  return sumBy(by, `rate(${regionSeries(metric, where)}[$__rate_interval])`);
}

/**
 * What a rate amounts to over the dashboard's time range. An increase over the counter would lose what an exporter
 * counted before it was restarted under another name; rates of short intervals do not.
 */
export function overRange(ratePerSecond: string): string {
  return `sum_over_time((${ratePerSecond})[$__range:$__interval]) * $__interval_ms / 1000`;
}

/** For how many seconds sessions are in their present state, by session and state. */
export function secondsInState(states: readonly string[]): string {
  const where = [`state=~"${states.join("|")}"`];
  return `time() - ${gauge("athena_session_state_since_timestamp_seconds", { by: ["session_id", "state"], where })}`;
}

/** The same sessions with their engine and description as labels. */
export function withDescription(sessions: string): string {
  const info = `topk by (${SESSION_KEY}) (1, ${workgroupSeries("athena_session_info")})`;
  return `(${sessions}) * on (${SESSION_KEY}) group_left (engine_version, description) ${info}`;
}

/** Of the series those that are among the `count` largest at the end of the range: in a graph, topk alone gives more. */
export function largestNow(count: number, expression: string, key: string): string {
  const now = `last_over_time((${expression})[$__rate_interval:$__interval] @ end())`;
  return `(${expression}) and on (${key}) topk(${count}, ${now})`;
}

/** Only the series of this Prometheus that exporters' processes have. */
export function ofExporters(expression: string): string {
  return `${expression} and on (job, instance) athena_exporter_build_info`;
}

export function sum(expression: string): string {
  return `sum(${expression})`;
}

export function sumBy(labels: readonly string[], expression: string): string {
  return labels.length === 0 ? sum(expression) : `sum by (${labels.join(", ")}) (${expression})`;
}

export function maxBy(labels: readonly string[], expression: string): string {
  return `max by (${labels.join(", ")}) (${expression})`;
}
