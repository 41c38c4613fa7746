/** How values are spread over buckets. Immutable. */
export interface Histogram {
  /** Upper bounds of the buckets, ascending and included; one more bucket has no bound. */
  readonly bounds: readonly number[];
  /** The number of values in each bucket alone, the one without a bound last. */
  readonly counts: readonly number[];
  readonly sum: number;
}

export function newHistogram(bounds: readonly number[]): Histogram {
  return { bounds, counts: Array.from({ length: bounds.length + 1 }, () => 0), sum: 0 };
}

/** The histogram with these values too; itself if there are none. */
export function withValues(histogram: Histogram, values: readonly number[]): Histogram {
  if (values.length === 0) return histogram;
  const { bounds } = histogram;
  const counts = [...histogram.counts];
  let { sum } = histogram;
  for (const value of values) {
    const bucket = bounds.findIndex((bound) => value <= bound);
    const index = bucket === -1 ? bounds.length : bucket;
    counts[index] = (counts[index] ?? 0) + 1;
    sum += value;
  }
  return { bounds, counts, sum };
}
