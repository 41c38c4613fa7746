// Builders of the PromQL expressions that the dashboards need.
//
// An exporter may be restarted under another instance or pod, or run twice for the same workgroups. So expressions first
// aggregate over exporters for each workgroup, and sum over workgroups after that: gauges by the maximum, rates by the average.
// Expressions that join two metrics of the same exporter do so before they aggregate, because that takes no labels to name.

const REGION_LABELS = ["aws_account_id", "aws_region"] as const;
const WORKGROUP_LABELS = [...REGION_LABELS, "workgroup"] as const;

const REGION_FILTER = ['aws_account_id=~"$account"', 'aws_region=~"$region"'];
const WORKGROUP_FILTER = [...REGION_FILTER, 'workgroup=~"$workgroup"'];

/** The labels that identify an account and region, for `by` and `on`. */
export const REGION_KEY = REGION_LABELS.join(", ");
/** The labels that identify a workgroup, for `by` and `on`. */
export const WORKGROUP_KEY = WORKGROUP_LABELS.join(", ");

/** The price of a DPU-hour in dollars, as the exporter's configuration has it. */
export const DPU_HOUR_PRICE = "scalar(max(athena_dpu_hour_price_usd))";

const MS_PER_HOUR = "3.6e6";

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

/** How the rate of a counter is taken. */
interface RateSelection extends SeriesSelection {
  /** By default, the range that Grafana derives from the scrape interval. */
  readonly range?: string;
  /** How long ago, for example `1w`. */
  readonly offset?: string;
}

/**
 * The increase a second of a counter of workgroups. The average over exporters counts an event once that two exporters count at different
 * times; their maximum would count it up to twice.
 */
export function rate(
  metric: string,
  { by = [], where = [], range = "$__rate_interval", offset }: RateSelection = {},
): string {
  const series = `${workgroupSeries(metric, where)}[${range}]`;
  return avgBy(
    [...WORKGROUP_LABELS, ...by],
    `rate(${offset === undefined ? series : `${series} offset ${offset}`})`,
  );
}

/** A gauge per account and region: the maximum over exporters. */
export function regionGauge(metric: string, { by = [], where = [] }: SeriesSelection = {}): string {
  return maxBy([...REGION_LABELS, ...by], regionSeries(metric, where));
}

/** The rate per second of a counter per account and region: the sum over exporters. */
export function regionRate(
  metric: string,
  by: readonly string[] = REGION_LABELS,
  where: readonly string[] = [],
): string {
  return sumBy(by, `rate(${regionSeries(metric, where)}[$__rate_interval])`);
}

/**
 * The total of a rate over the dashboard's time range. increase() would lose what an exporter counted before a restart
 * under another instance name; rates over short intervals do not.
 */
export function totalOverRange(ratePerSecond: string): string {
  return `${stepsOverRange(ratePerSecond)} / 1000`;
}

/** The total over the dashboard's time range, in hours, of what a rate counts in seconds. */
export function hoursOverRange(ratePerSecond: string): string {
  return `${stepsOverRange(ratePerSecond)} / ${MS_PER_HOUR}`;
}

function stepsOverRange(ratePerSecond: string): string {
  return `sum_over_time((${ratePerSecond})[$__range:$__interval]) * $__interval_ms`;
}

/** The durations below which a share of the events of the preceding hour stayed, from a histogram of workgroups. */
export function quantile(share: number, metric: string, by: readonly string[] = []): string {
  const buckets = rate(`${metric}_bucket`, { by: [...by, "le"], range: "1h" });
  return `histogram_quantile(${share}, ${sumBy([...by, "le"], buckets)})`;
}

/**
 * For how many seconds each session has been in its state, with the labels of athena_session_info and the state. Of two exporters the
 * one counts that saw the later change of state.
 */
export function secondsInState(where: readonly string[] = []): string {
  const matchers = where.length === 0 ? "" : `{${where.join(", ")}}`;
  const since = `(time() - athena_session_state_since_timestamp_seconds${matchers})`;
  const info = workgroupSeries("athena_session_info");
  return `bottomk by (session_id) (1, ${info} * on (job, instance, session_id) group_left (state) ${since})`;
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
