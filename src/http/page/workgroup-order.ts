import { COUNTED_STATES } from "../../sessions/session.ts";
import { compareText, regionKey, type WorkgroupEntry } from "./workgroup-entry.ts";

/** A column of the table of workgroups and its sort key. */
export interface WorkgroupColumn {
  /** The name in `?sort=`. */
  readonly name: string;
  readonly title: string;
  /** Text is sorted in ascending order, numbers in descending order. */
  readonly isText?: true;
  /** Undefined while the value is not known; such workgroups are sorted last in both directions. */
  readonly sortKey: (entry: WorkgroupEntry) => string | number | undefined;
}

const STATUS: WorkgroupColumn = { name: "worst", title: "Status", sortKey: ({ severity }) => -severity };

/** The columns from left to right. */
export const WORKGROUP_COLUMNS: readonly WorkgroupColumn[] = [
  STATUS,
  { name: "workgroup", title: "Workgroup", isText: true, sortKey: ({ view }) => view.workgroup },
  {
    name: "account",
    title: "Account",
    isText: true,
    sortKey: ({ view }) => `${view.accountName} ${view.accountId}`,
  },
  { name: "region", title: "Region", isText: true, sortKey: ({ view }) => view.region },
  { name: "sessions", title: "Sessions", sortKey: ({ sessions }) => sessions },
  ...COUNTED_STATES.map((state) => ({
    name: state.toLowerCase(),
    title: state.slice(0, 1) + state.slice(1).toLowerCase(),
    sortKey: ({ view }: WorkgroupEntry) => view.snapshot?.sessions[state],
  })),
  { name: "idle-dpus", title: "Idle DPUs", sortKey: ({ view }) => view.snapshot?.idleDpus },
  { name: "longest-idle", title: "Longest idle", sortKey: ({ view }) => view.snapshot?.longestIdleSeconds },
  // The earliest time has the largest key, and 0, which means never, is the earliest.
  { name: "last-success", title: "Last success", sortKey: ({ view }) => -view.lastSuccessMs },
];

/** The sort order of the table of workgroups. */
export interface WorkgroupOrder {
  readonly column: WorkgroupColumn;
  readonly isReversed: boolean;
}

export const DEFAULT_ORDER: WorkgroupOrder = { column: STATUS, isReversed: false };

/** Parses the value of `?sort=`: a column's name, after "-" if reversed. Undefined if there is no such column. */
export function parseOrder(text: string): WorkgroupOrder | undefined {
  const isReversed = text.startsWith("-");
  const name = isReversed ? text.slice(1) : text;
  const column = WORKGROUP_COLUMNS.find((known) => known.name === name);
  return column && { column, isReversed };
}

/** The inverse of `parseOrder`; empty for the default order. */
export function formatOrder({ column, isReversed }: WorkgroupOrder): string {
  if (isReversed) return `-${column.name}`;
  return column === DEFAULT_ORDER.column ? "" : column.name;
}

/** The value of `aria-sort`. */
export function sortDirection({ column, isReversed }: WorkgroupOrder): "ascending" | "descending" {
  return (column.isText === true) === isReversed ? "descending" : "ascending";
}

type Comparison = (a: WorkgroupEntry, b: WorkgroupEntry) => number;

/** Compares workgroups in this order. Equal ones are sorted by severity, so that no two are in the same place. */
export function comparisonFor({ column, isReversed }: WorkgroupOrder): Comparison {
  const sign = isReversed ? -1 : 1;
  return (a, b) => compareKeys(column.sortKey(a), column.sortKey(b), sign) || compareSeverity(a, b);
}

function compareKeys(a: string | number | undefined, b: string | number | undefined, sign: number): number {
  if (a === b) return 0;
  if (a === undefined) return 1;
  if (b === undefined) return -1;
  return sign * (typeof a === "number" && typeof b === "number" ? b - a : compareText(String(a), String(b)));
}

function compareSeverity(a: WorkgroupEntry, b: WorkgroupEntry): number {
  return (
    a.severity - b.severity ||
    (b.view.snapshot?.longestIdleSeconds ?? 0) - (a.view.snapshot?.longestIdleSeconds ?? 0) ||
    compareText(a.view.workgroup, b.view.workgroup) ||
    compareText(regionKey(a.view), regionKey(b.view))
  );
}
