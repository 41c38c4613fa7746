import type { SessionOrder } from "../config/values/session-order.ts";
import { compareRows, type SessionRow } from "./snapshot.ts";
import type { WorkgroupView } from "./view.ts";

const SECONDS_PER_HOUR = 3600;
/** Of a dollar. */
const COST_DECIMALS = 4;

/** A session and its workgroup. */
export interface SessionEntry {
  readonly view: WorkgroupView;
  readonly row: SessionRow;
}

/** Every active session of the workgroups. */
export function sessionEntries(views: readonly WorkgroupView[]): SessionEntry[] {
  return views.flatMap((view) => (view.snapshot?.rows ?? []).map((row) => ({ view, row })));
}

/** What a session has cost while it was idle, in US dollars: a lower bound, like the DPU-seconds that it is calculated from. */
export function idleCostUsd({ view, row }: SessionEntry): number {
  return (row.idleDpuSeconds / SECONDS_PER_HOUR) * view.dpuHourUsd;
}

/** "$12.40"; empty for less than a cent. */
export function formatUsd(usd: number): string {
  return usd < 0.01 ? "" : `$${usd.toFixed(2)}`;
}

type Comparison = (a: SessionEntry, b: SessionEntry) => number;

const byUrgency: Comparison = (a, b) => compareRows(a.row, b.row);

const COMPARISONS: Readonly<Record<SessionOrder["by"], Comparison>> = {
  urgency: byUrgency,
  idle: (a, b) => idleSeconds(b) - idleSeconds(a),
  cost: (a, b) => idleCostUsd(b) - idleCostUsd(a),
  age: (a, b) => (b.row.ageSeconds ?? 0) - (a.row.ageSeconds ?? 0),
  state: byText(({ row }) => row.state),
  workgroup: byText(({ view }) => view.workgroup),
  account: byText(({ view }) => `${view.accountName} ${view.accountId} ${view.region}`),
};

/** Compares sessions in an order: numbers descending, text ascending. Equal ones come by urgency. */
export function compareSessions({ by, isReversed }: SessionOrder): Comparison {
  const compare = COMPARISONS[by];
  return (a, b) => (isReversed ? compare(b, a) : compare(a, b)) || byUrgency(a, b);
}

/** 0 for a session that is not idle. */
function idleSeconds({ row }: SessionEntry): number {
  return row.state === "IDLE" ? row.stateSeconds : 0;
}

function byText(text: (entry: SessionEntry) => string): Comparison {
  return (a, b) => {
    const [first, second] = [text(a), text(b)];
    return first === second ? 0 : first < second ? -1 : 1;
  };
}

/** The fields that every session has in JSON and CSV. Times are in ISO 8601; what is not known is null, or empty where it is text. */
const FIELDS = {
  aws_account_id: ({ view }) => view.accountId,
  account_name: ({ view }) => view.accountName,
  aws_region: ({ view }) => view.region,
  workgroup: ({ view }) => view.workgroup,
  session_id: ({ row }) => row.id,
  state: ({ row }) => row.state,
  since: ({ row }) => isoTime(row.sinceMs),
  start: ({ row }) => (row.startMs === undefined ? null : isoTime(row.startMs)),
  age_seconds: ({ row }) => row.ageSeconds ?? null,
  idle_seconds: ({ row }) => (row.state === "IDLE" ? row.stateSeconds : null),
  idle_cost_usd: (entry) => Number(idleCostUsd(entry).toFixed(COST_DECIMALS)),
  over_threshold: ({ row }) => row.reached.join(" "),
  engine_version: ({ row }) => row.engineVersion,
  description: ({ row }) => row.description,
  state_change_reason: ({ row }) => row.stateReason,
} as const satisfies Readonly<Record<string, (entry: SessionEntry) => string | number | null>>;

/** Those that it has besides where owners are looked up and named. */
const OWNER_FIELDS = {
  started_by: ({ row }) => row.startedBy?.name || null,
  started_by_arn: ({ row }) => row.startedBy?.arn || null,
} as const satisfies Readonly<Record<string, (entry: SessionEntry) => string | null>>;

export function sessionFields(namesOwners: boolean): readonly string[] {
  return Object.keys(namesOwners ? { ...FIELDS, ...OWNER_FIELDS } : FIELDS);
}

/** A session as JSON and CSV show it: a value for each of `sessionFields`. */
export function toSessionRecord(entry: SessionEntry): Readonly<Record<string, string | number | null>> {
  const fields = entry.view.namesOwners ? { ...FIELDS, ...OWNER_FIELDS } : FIELDS;
  return Object.fromEntries(Object.entries(fields).map(([name, valueOf]) => [name, valueOf(entry)]));
}

const isoTime = (ms: number): string => new Date(ms).toISOString();
