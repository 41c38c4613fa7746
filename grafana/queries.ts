// Builders of the PromQL expressions that the dashboards need.
//
// An exporter may be restarted under another instance or pod, or run twice for the same workgroups. So expressions first
// aggregate over exporters for each workgroup, and sum over workgroups after that: gauges by the maximum, rates by the average.

const REGION_LABELS = ["aws_account_id", "aws_region"] as const;
const WORKGROUP_LABELS = [...REGION_LABELS, "workgroup"] as const;

const REGION_FILTER = ['aws_account_id=~"$account"', 'aws_region=~"$region"'];
const WORKGROUP_FILTER = [...REGION_FILTER, 'workgroup=~"$workgroup"'];

/** The labels that identify an account and region, for `by` and `on`. */
export const REGION_KEY = REGION_LABELS.join(", ");
/** The labels that identify a workgroup, for `by` and `on`. */
export const WORKGROUP_KEY = WORKGROUP_LABELS.join(", ");
/** The labels that identify a session, for `by` and `on`. */
export const SESSION_KEY = `${WORKGROUP_KEY}, session_id`;

/** The price of a DPU-hour in dollars, as the exporter's configuration has it. */
export const DPU_HOUR_PRICE = "scalar(max(athena_dpu_hour_price_usd))";

/** The series of a metric to select, and the labels to keep in addition to those of the workgroup or region. */
export interface SeriesSelection {
  /** Additional labels to keep. */
  readonly by?: readonly string[];
  /** Matchers, for example `state="IDLE"`. */
  readonly where?: readonly string[];
}

/** The series of the workgroups that the dashboard's variables select. */
export function workgroupSeries(metric: string, where: readonly string[] = []): string {
  return `${metric}{${[...WORKGROUP_FILTER, ...where].join(", ")}}`;
}

/** The series of the accounts and regions that the dashboard's variables select. */
export function regionSeries(metric: string, where: readonly string[] = []): string {
  return `${metric}{${[...REGION_FILTER, ...where].join(", ")}}`;
}

/** A gauge per workgroup: the maximum over exporters. */
export function gauge(metric: string, { by = [], where = [] }: SeriesSelection = {}): string {
  return maxBy([...WORKGROUP_LABELS, ...by], workgroupSeries(metric, where));
}

/**
 * The increase a second of a counter of workgroups. The average over exporters counts an event once that two exporters count at different
 * times; their maximum would count it up to twice.
 */
export function rate(metric: string, { by = [], where = [] }: SeriesSelection = {}): string {
  return avgBy([...WORKGROUP_LABELS, ...by], `rate(${workgroupSeries(metric, where)}[$__rate_interval])`);
}

/** A gauge per account and region: the maximum over exporters. */
export function regionGauge(metric: string, { by = [], where = [] }: SeriesSelection = {}): string {
  return maxBy([...REGION_LABELS, ...by], regionSeries(metric, where));
}

/** The rate per second of a counter per account and region: the sum over exporters. */
export function regionRate(
  metric: string,
  by: readonly string[] = [],
  where: readonly string[] = [],
): string {
  return sumBy(by, `rate(${regionSeries(metric, where)}[$__rate_interval])`);
}

/**
 * The total of a rate over the dashboard's time range. increase() would lose what an exporter counted before a restart
 * under another instance name; rates over short intervals do not.
 */
export function totalOverRange(ratePerSecond: string): string {
  return `sum_over_time((${ratePerSecond})[$__range:$__interval]) * $__interval_ms / 1000`;
}

/** For how many seconds each session has been in its current state, by session and state. */
export function secondsInState(states: readonly string[]): string {
  const where = [`state=~"${states.join("|")}"`];
  return `time() - ${gauge("athena_session_state_since_timestamp_seconds", { by: ["session_id", "state"], where })}`;
}

/** Adds the engine and description of each session as labels. */
export function joinDescription(sessions: string): string {
  const info = `topk by (${SESSION_KEY}) (1, ${workgroupSeries("athena_session_info")})`;
  return `(${sessions}) * on (${SESSION_KEY}) group_left (engine_version, description) ${info}`;
}

/** The `count` series with the largest values at the end of the time range; topk alone would select others at each step. */
export function largestNow(count: number, expression: string, key: string): string {
  const now = `last_over_time((${expression})[$__rate_interval:$__interval] @ end())`;
  return `(${expression}) and on (${key}) topk(${count}, ${now})`;
}

/** Limits an expression to the series of targets that are exporters. */
export function onlyExporters(expression: string): string {
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

function avgBy(labels: readonly string[], expression: string): string {
  return `avg by (${labels.join(", ")}) (${expression})`;
}
