/** The states of a session, as Athena names them; UNKNOWN stands for one that AWS adds later. */
export const ACTIVE_STATES = [
  "CREATING",
  "CREATED",
  "IDLE",
  "BUSY",
  "TERMINATING",
  "DEGRADED",
  "UNKNOWN",
] as const;
export const ENDED_STATES = ["TERMINATED", "FAILED"] as const;

export type ActiveState = (typeof ACTIVE_STATES)[number];
export type EndedState = (typeof ENDED_STATES)[number];
export type SessionState = ActiveState | EndedState;

/** The reasons of failures, as the exporter's label `reason` has them. */
export type Reason =
  | "throttled"
  | "access_denied"
  | "credentials"
  | "not_found"
  | "invalid_request"
  | "server_error"
  | "network"
  | "timeout"
  | "malformed_response"
  | "other";

export const OPERATIONS = [
  "ListSessions",
  "GetSessionStatus",
  "GetSession",
  "ListWorkGroups",
  "ListTagsForResource",
  "GetCallerIdentity",
] as const;
export type Operation = (typeof OPERATIONS)[number];

/** Times are whole milliseconds since the beginning of the world; negative ones lie before it. */
export interface LifeStep {
  readonly atMs: number;
  readonly state: SessionState;
  readonly reason?: string;
}

/** A session's life. */
export interface SessionItem {
  readonly kind: "session";
  /** `name` of a workgroup item's `id`. */
  readonly workgroup: string;
  /** Empty: Athena never tells it. */
  readonly id: string;
  /** Ascending; the first is its start. */
  readonly steps: readonly LifeStep[];
  readonly description?: string;
  readonly engineVersion?: string;
  /** Fields of its status that Athena leaves out. */
  readonly omits: readonly ("start" | "idleSince")[];
  readonly coordinatorDpus?: number;
  readonly usedDpuMs?: number;
}

/** A workgroup from its creation to its deletion; one that is created anew is another item of the same name. */
export interface WorkgroupItem {
  readonly kind: "workgroup";
  /** Unique in a world. */
  readonly id: string;
  readonly account: string;
  readonly region: string;
  readonly name: string;
  readonly fromMs: number;
  /** Infinity where it is never deleted. */
  readonly untilMs: number;
  /** What ListWorkGroups tells: empty or "AUTO" where it does not say which. */
  readonly engineVersion: string;
  readonly isSpark: boolean;
  readonly tags: Readonly<Record<string, string>>;
}

/** All sessions of a workgroup that live then end within a minute. */
export interface MassEndItem {
  readonly kind: "mass end";
  readonly workgroup: string;
  readonly atMs: number;
}

/** How a request fails. `slow` only takes long; `hang` is never answered. */
export type FaultType =
  | "throttled"
  | "access_denied"
  | "credentials"
  | "server_error"
  | "network"
  | "hang"
  | "malformed_response"
  | "slow";

export const FAULT_TYPES: readonly FaultType[] = [
  "throttled",
  "access_denied",
  "credentials",
  "server_error",
  "network",
  "hang",
  "malformed_response",
  "slow",
];

/** Requests fail for a while; permissions that come and go are this too. */
export interface FaultItem {
  readonly kind: "fault";
  readonly type: FaultType;
  readonly fromMs: number;
  readonly untilMs: number;
  /** Of the requests that match, in (0, 1]. */
  readonly share: number;
  /** Whatever is absent is not looked at. */
  readonly account?: string;
  readonly region?: string;
  readonly workgroup?: string;
  readonly operation?: Operation;
  /** Only requests with a token: the first page is answered. */
  readonly laterPagesOnly?: true;
}

/** The process' own credentials are replaced, perhaps by those of another account. */
export interface RotationItem {
  readonly kind: "rotation";
  readonly atMs: number;
  readonly account: string;
}

export interface ClockStepItem {
  readonly kind: "clock step";
  readonly clock: "wall" | "aws";
  readonly atMs: number;
  readonly byMs: number;
}

/** The kinds of changes that a reload brings. */
export type ReloadKind =
  | "nothing"
  | "invalid"
  | "interval"
  | "rate limit"
  | "thresholds"
  | "details"
  | "per session"
  | "filter"
  | "tags"
  | "remove account"
  | "restore account"
  | "own account by role"
  | "name workgroups";

export interface ReloadItem {
  readonly kind: "reload";
  readonly atMs: number;
  readonly change: ReloadKind;
  /** Laid over the configuration that is in force then; see settings.ts. */
  readonly patch: Partial<Settings>;
}

/** All exporters end, and others start, perhaps more or fewer. */
export interface RestartItem {
  readonly kind: "restart";
  readonly atMs: number;
  readonly downMs: number;
  readonly shards: number;
}

export type Item =
  | SessionItem
  | WorkgroupItem
  | MassEndItem
  | FaultItem
  | RotationItem
  | ClockStepItem
  | ReloadItem
  | RestartItem;

/** An entry of `accounts` as it is configured. */
export interface AccountSettings {
  /** Absent: the process' own. */
  readonly role?: string;
  /** Empty: left out, so that the default region is meant. */
  readonly regions: readonly string[];
  readonly workgroups?: readonly string[];
  readonly include?: string;
  readonly exclude?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly tagLabels?: readonly string[];
  readonly isRemoved?: boolean;
}

/** What is configured; absent where the default is left. Durations in milliseconds. */
export interface Settings {
  readonly intervalMs?: number;
  readonly rateLimit?: number;
  readonly concurrency?: number;
  readonly timeoutMs?: number;
  readonly deadlineMs?: number;
  readonly reconcileIntervalMs?: number;
  readonly staleAfterMs?: number;
  readonly discoveryIntervalMs?: number;
  /** Absent: `accounts` is left out. */
  readonly accounts?: readonly AccountSettings[];
  readonly idleThresholdsSeconds?: readonly number[];
  readonly perSessionEnabled?: boolean;
  readonly perSessionLimit?: number;
  readonly perSessionTotalLimit?: number;
  readonly details?: boolean;
}

/** How Athena behaves where its documentation leaves it open, and how fast it is. */
export interface Behaviour {
  /** Whether an unfiltered listing has them. */
  readonly listsDegraded: boolean;
  readonly listsTerminating: boolean;
  /** A listing may be that old. */
  readonly lagMs: number;
  readonly pageSize: number;
  /** Of the pages, how many have fewer sessions than there are, down to none. */
  readonly shortPages: number;
  /** Of the pages after the first, how many begin with what the one before ended with. */
  readonly repeats: number;
  readonly unknownIdReason: "invalid_request" | "not_found";
  /** Whether ids of a deleted workgroup's sessions are still known. */
  readonly remembersDeleted: boolean;
  readonly latencyMs: readonly [min: number, max: number];
}

/** All that happens in one run. */
export interface World {
  readonly seed: number;
  /** From here on nothing happens any more, and the exporter catches up. */
  readonly durationMs: number;
  readonly ownAccount: string;
  readonly defaultRegion: string;
  readonly shards: number;
  readonly behaviour: Behaviour;
  readonly settings: Settings;
  /** In any order. Each can be left out, and the rest still makes a world. */
  readonly items: readonly Item[];
}

export function hasEnded(state: SessionState): state is EndedState {
  return state === "TERMINATED" || state === "FAILED";
}
