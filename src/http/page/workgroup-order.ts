import { COUNTED_STATES } from "../../sessions/session.ts";
import { compareText, regionKey, type WorkgroupEntry } from "./workgroup-entry.ts";

/** A column of the table of workgroups, and what ordering by it compares. */
export interface WorkgroupColumn {
  /** As `?sort=` names it. */
  readonly name: string;
  readonly title: string;
  /** Text goes up from A; numbers go down from the largest. */
  readonly isText?: true;
  /** Undefined where it is not known; that comes last either way. */
  readonly keyOf: (entry: WorkgroupEntry) => string | number | undefined;
}

const WORST: WorkgroupColumn = {
  name: "worst",
  title: "Status",
  keyOf: ({ severity }) => -severity,
};

/** In the order of the table. */
export const WORKGROUP_COLUMNS: readonly WorkgroupColumn[] = [
  WORST,
  { name: "workgroup", title: "Workgroup", isText: true, keyOf: ({ view }) => view.workgroup },
  {
    name: "account",
    title: "Account",
    isText: true,
    keyOf: ({ view }) => `${view.accountName} ${view.accountId}`,
  },
  { name: "region", title: "Region", isText: true, keyOf: ({ view }) => view.region },
  { name: "sessions", title: "Sessions", keyOf: ({ sessions }) => sessions },
  ...COUNTED_STATES.map((state) => ({
    name: state.toLowerCase(),
    title: state.slice(0, 1) + state.slice(1).toLowerCase(),
    keyOf: ({ view }: WorkgroupEntry) => view.snapshot?.sessions[state],
  })),
  { name: "idle-dpus", title: "Idle DPUs", keyOf: ({ view }) => view.snapshot?.idleDpus },
  { name: "longest-idle", title: "Longest idle", keyOf: ({ longestIdleSeconds }) => longestIdleSeconds },
  // The longest ago is the largest; what never was is longer ago than all.
  { name: "last-success", title: "Last success", keyOf: ({ view }) => -view.lastSuccessMs },
];

/** What the table is ordered by. */
export interface WorkgroupOrder {
  readonly column: WorkgroupColumn;
  readonly isReversed: boolean;
}

export const WORST_FIRST: WorkgroupOrder = { column: WORST, isReversed: false };

/** Reads what `?sort=` says: a column's name, with "-" before it for the other way round; undefined where it is none. */
export function parseOrder(text: string): WorkgroupOrder | undefined {
  const isReversed = text.startsWith("-");
  const name = isReversed ? text.slice(1) : text;
  const column = WORKGROUP_COLUMNS.find((known) => known.name === name);
  return column && { column, isReversed };
}

/** The inverse of `parseOrder`. */
export function orderText({ column, isReversed }: WorkgroupOrder): string {
  return isReversed ? `-${column.name}` : column.name;
}

/** As `aria-sort` says it. */
export function directionOf({ column, isReversed }: WorkgroupOrder): "ascending" | "descending" {
  return (column.isText === true) === isReversed ? "descending" : "ascending";
}

/** Compares by that order; among equals the worst come first. No two workgroups have the same place. */
export function comparison({
  column,
  isReversed,
}: WorkgroupOrder): (a: WorkgroupEntry, b: WorkgroupEntry) => number {
  const sign = isReversed ? -1 : 1;
  return (a, b) => compareKeys(column.keyOf(a), column.keyOf(b), sign) || worseFirst(a, b);
}

function compareKeys(a: string | number | undefined, b: string | number | undefined, sign: number): number {
  if (a === b) return 0;
  if (a === undefined) return 1;
  if (b === undefined) return -1;
  return sign * (typeof a === "number" && typeof b === "number" ? b - a : compareText(String(a), String(b)));
}

function worseFirst(a: WorkgroupEntry, b: WorkgroupEntry): number {
  return (
    a.severity - b.severity ||
    (b.longestIdleSeconds ?? 0) - (a.longestIdleSeconds ?? 0) ||
    compareText(a.view.workgroup, b.view.workgroup) ||
    compareText(regionKey(a.view), regionKey(b.view))
  );
}
