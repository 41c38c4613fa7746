import { idleDpuSecondsUntil } from "../sessions/idle-use.ts";
import type { SessionOrder } from "../config/values/session-order.ts";
import { compareRows, secondsBetween, type SessionRow, type Snapshot } from "./snapshot.ts";
import type { WorkgroupView } from "./view.ts";

const SECONDS_PER_HOUR = 3600;
/** Of a dollar. */
const COST_DECIMALS = 4;

/** A session and its workgroup, as of a snapshot. */
export interface SessionEntry {
  readonly view: WorkgroupView;
  readonly snapshot: Snapshot;
  readonly row: SessionRow;
}

/** Every active session of the workgroups. */
export function sessionEntries(views: readonly WorkgroupView[]): SessionEntry[] {
  return views.flatMap((view) => entriesOf(view));
}

/** Sessions of a workgroup; without `rows` all active ones. */
export function entriesOf(view: WorkgroupView, rows = view.snapshot?.rows ?? []): readonly SessionEntry[] {
  const { snapshot } = view;
  return snapshot === undefined ? [] : rows.map((row) => ({ view, snapshot, row }));
}

/** For how long a session has been in its state. */
export function stateSeconds({ snapshot, row }: SessionEntry): number {
  return secondsBetween(row.sinceMs, snapshot.polledAtMs);
}

/** Undefined where Athena gives no start. */
export function ageSeconds({ snapshot, row: { startMs } }: SessionEntry): number | undefined {
  return startMs === undefined ? undefined : secondsBetween(startMs, snapshot.polledAtMs);
}

/** What a session has cost while it was idle, in US dollars: a lower bound, like the DPU-seconds that it is calculated from. */
export function idleCostUsd({ view, snapshot, row }: SessionEntry): number {
  const untilMs = row.countedUntilMonotonicMs ?? snapshot.polledAtMonotonicMs;
  return (idleDpuSecondsUntil(row.idleUse, untilMs) / SECONDS_PER_HOUR) * view.dpuHourUsd;
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
  age: (a, b) => (ageSeconds(b) ?? 0) - (ageSeconds(a) ?? 0),
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
function idleSeconds(entry: SessionEntry): number {
  return entry.row.state === "IDLE" ? stateSeconds(entry) : 0;
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
  age_seconds: (entry) => ageSeconds(entry) ?? null,
  idle_seconds: (entry) => (entry.row.state === "IDLE" ? stateSeconds(entry) : null),
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
