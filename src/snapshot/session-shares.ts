import { rankOf, type SessionRow } from "./snapshot.ts";

/** How many sessions get per-session series: of one workgroup, and of all. */
export interface SessionLimits {
  readonly perWorkgroup: number;
  readonly total: number;
}

/**
 * How many rows of each workgroup, from the first, get per-session series, so that of all rows the first `total` in the order of
 * compareRows do. Among rows that are equal but for their ids, those of earlier workgroups come first.
 * @param workgroups each the rows of one workgroup, in the order of compareRows, cut at the limit of a workgroup
 * @returns the shares, and the priority of the last row that has series
 */
export function sharesOf(
  workgroups: readonly (readonly SessionRow[])[],
  total: number,
): { readonly shares: readonly number[]; readonly lastPriority: number } {
  const count = workgroups.reduce((sum, rows) => sum + rows.length, 0);
  if (count <= total) return { shares: workgroups.map((rows) => rows.length), lastPriority: Infinity };
  const priorities = Float64Array.from(workgroups.flatMap((rows) => rows.map(priorityOf))).sort();
  const lastPriority = total === 0 ? -Infinity : (priorities[total - 1] ?? Infinity);
  const before = workgroups.map((rows) => countUntil(rows, lastPriority, false));
  let left = total - before.reduce((sum, share) => sum + share, 0);
  const shares = workgroups.map((rows, index) => {
    const sure = before[index] ?? 0;
    const tied = Math.min(left, countUntil(rows, lastPriority, true) - sure);
    left -= tied;
    return sure + tied;
  });
  return { shares, lastPriority };
}

/** How many rows, from the first, come before `priority`, or also those with just that priority. */
export function countUntil(rows: readonly SessionRow[], priority: number, isInclusive: boolean): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const row = rows[middle];
    const own = row === undefined ? Infinity : priorityOf(row);
    if (own < priority || (isInclusive && own === priority)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A number by which rows are in the order of compareRows, ids aside; Unix milliseconds are below 10^14 for 3,000 years. */
function priorityOf(row: SessionRow): number {
  return rankOf(row) * 1e14 + row.sinceMs;
}
