import { labelPairs, type Labels } from "./label.ts";
import { type FamilyHeader, type MetricType, sampleLine } from "./text.ts";

/** One value of a family. */
export interface Sample {
  /** Those beyond the labels that every sample of the family shares. */
  readonly labels?: Labels;
  readonly value: number;
}

/** What a row of the table of families says of its samples, however they are made. */
export interface FamilyRow extends FamilyHeader {
  readonly type: Exclude<MetricType, "histogram">;
  /** All label names of a sample, in order; those that the configuration adds are left out. */
  readonly labels: readonly string[];
  /** Whether it is withdrawn when the snapshot of the sessions is too old. */
  readonly fromSessions: boolean;
}

/**
 * A row of the table of families: what it is called and how its samples come from a view. The model is
 * kube-state-metrics' pkg/metric_generator.
 */
export interface Family<View> extends FamilyRow {
  readonly samples: (view: View) => readonly Sample[];
}

/** Labels that the configuration adds to athena_session_info. */
type SessionLabel = "description" | "execution_role";

export interface RenderOptions {
  readonly sessionLabels: readonly SessionLabel[];
}

/** The samples of one family as text. `sharedPairs` are the labels that every sample begins with. */
export function renderFamily<View>(family: Family<View>, view: View, sharedPairs: string): string {
  return family
    .samples(view)
    .map((sample) => renderSample(family.name, sharedPairs, sample))
    .join("");
}

/** One sample as its line. */
export function renderSample(name: string, sharedPairs: string, { labels, value }: Sample): string {
  return sampleLine(name, joinPairs(sharedPairs, labels), value);
}

function joinPairs(sharedPairs: string, labels: Labels | undefined): string {
  return labels === undefined ? sharedPairs : `${sharedPairs},${labelPairs(labels)}`;
}

/** One sample without labels of its own. */
export function single(value: number): readonly Sample[] {
  return [{ value }];
}

/** One sample a key of `values`, which becomes the value of `label`; in the order of `keys`. */
export function byKey<Key extends string>(
  label: string,
  keys: readonly Key[],
  values: Readonly<Record<Key, number>>,
): readonly Sample[] {
  return keys.map((key) => ({ labels: { [label]: key }, value: values[key] }));
}

/**
 * The same strings as slices of one flat one. V8 keeps a concatenation as a tree of its parts, which every build of a
 * body would have to walk again.
 */
export function flatten(parts: readonly string[]): readonly string[] {
  const whole = parts.join("");
  let end = 0;
  return parts.map((part) => whole.slice(end, (end += part.length)));
}
