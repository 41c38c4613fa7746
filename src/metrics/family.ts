import type { Histogram } from "../sessions/histogram.ts";
import {
  formatBound,
  labelPairs,
  sampleLine,
  type FamilyHeader,
  type Labels,
  type MetricType,
} from "./text.ts";

/** The labels that every series of an account and region carries, and those of a workgroup. */
export const ACCOUNT_LABELS = ["aws_account_id", "aws_region"] as const;
export const WORKGROUP_LABELS = [...ACCOUNT_LABELS, "workgroup"] as const;

/** One value of a family. */
export interface Sample {
  /** Those beyond the labels that every sample of the family shares. */
  readonly labels?: Labels;
  /** Of a histogram's samples only; it follows the family's name. */
  readonly suffix?: "_bucket" | "_sum" | "_count";
  readonly value: number;
}

/** A row of the table of families, however its samples are made. */
export interface FamilyRow extends FamilyHeader {
  readonly type: MetricType;
  /** All label names of a sample, in order, without those that the configuration adds. */
  readonly labels: readonly string[];
  /** Whether it is withdrawn when the last successful poll is too old. */
  readonly fromSessions: boolean;
}

/**
 * A row of the table of families: its name, and how its samples are made from a view. The model is
 * kube-state-metrics' pkg/metric_generator.
 */
export interface Family<View> extends FamilyRow {
  readonly samples: (view: View) => readonly Sample[];
}

/** The samples of one family as text. `sharedPairs` are the labels that every sample begins with. */
export function renderFamily<View>(family: Family<View>, view: View, sharedPairs: string): string {
  return family
    .samples(view)
    .map((sample) => renderSample(family.name, sharedPairs, sample))
    .join("");
}

/** The same, or undefined where the samples are those of the former view, whose shared labels must be the same. */
export function renderChangedFamily<View>(
  family: Family<View>,
  view: View,
  former: View,
  sharedPairs: string,
): string | undefined {
  const samples = family.samples(view);
  if (haveSameSamples(samples, family.samples(former))) return undefined;
  return samples.map((sample) => renderSample(family.name, sharedPairs, sample)).join("");
}

function haveSameSamples(a: readonly Sample[], b: readonly Sample[]): boolean {
  return a.length === b.length && a.every((sample, index) => isSameSample(sample, b[index]));
}

function isSameSample(a: Sample, b: Sample | undefined): boolean {
  if (b === undefined || a.value !== b.value || a.suffix !== b.suffix) return false;
  const labels = a.labels ?? {};
  const others = b.labels ?? {};
  const names = Object.keys(labels);
  return names.length === Object.keys(others).length && names.every((name) => labels[name] === others[name]);
}

/** One sample as its line. */
export function renderSample(name: string, sharedPairs: string, { labels, suffix, value }: Sample): string {
  const own = labels === undefined ? "" : labelPairs(labels);
  const pairs = own === "" || sharedPairs === "" ? sharedPairs + own : `${sharedPairs},${own}`;
  return sampleLine(suffix === undefined ? name : `${name}${suffix}`, pairs, value);
}

/** The samples of a histogram. Both formats share them, so bounds are floats, as OpenMetrics wants them. */
export function histogramSamples({ bounds, counts, sum }: Histogram, labels?: Labels): readonly Sample[] {
  let count = 0;
  const buckets = [...bounds, Infinity].map((bound, index): Sample => {
    count += counts[index] ?? 0;
    return { labels: { ...labels, le: formatBound(bound, "openmetrics") }, suffix: "_bucket", value: count };
  });
  const own = labels === undefined ? {} : { labels };
  return [...buckets, { ...own, suffix: "_sum", value: sum }, { ...own, suffix: "_count", value: count }];
}

/** One sample without labels of its own; none where there is no value. */
export function single(value: number | undefined): readonly Sample[] {
  return value === undefined ? [] : [{ value }];
}

/** One sample a key of `values`, which becomes the value of `label`; in the order of `keys`. */
export function byKey<Key extends string>(
  label: string,
  keys: readonly Key[],
  values: Readonly<Record<Key, number>>,
): readonly Sample[] {
  return keys.map((key) => ({ labels: { [label]: key }, value: values[key] }));
}
