/** A missing IAM permission: the requests that are denied. An absent field matches every request. */
export interface Denial {
  /** For example "GetSessionStatus"; "*" for every operation. */
  readonly operation: string;
  readonly accountId?: string;
  /** The name of the caller's assumed role. */
  readonly role?: string;
  readonly region?: string;
  readonly workgroup?: string;
}

/** The request rate above which Athena throttles an account and region, and the HTTP status of the error. */
export interface Throttle {
  readonly ratePerSecond: number;
  readonly burst: number;
  readonly status: 400 | 429;
}

/** Undocumented details of Athena's behaviour, and conditions to simulate. They may change while the simulator runs. */
export interface SimulatorSettings {
  /** Whether an unfiltered listing contains DEGRADED sessions. */
  listsDegraded: boolean;
  /** Whether an unfiltered listing contains TERMINATING sessions. */
  listsTerminating: boolean;
  /** How long listings and lookups return a session after its end. */
  retentionMs: number;
  /** The delay with which listings show a change; lookups show it immediately. */
  lagMs: number;
  /** The probability that a page omits a session that belongs on it. */
  dropShare: number;
  /** The probability that a page is empty but has a NextToken; never twice in a row in one listing. */
  emptyPageShare: number;
  /** The maximum number of sessions or workgroups on a page, even if MaxResults is larger. */
  pageSize: number;
  /** Applies to each account and region separately; undefined for no limit. */
  throttle: Throttle | undefined;
  /** The delay of every response. */
  latencyMs: number;
  /** How far the time of a signature may differ from the simulator's. */
  maxSkewMs: number;
  /** Added to the simulator's time in Date headers and when signatures are verified. */
  dateSkewMs: number;
  unknownWorkgroupError: "InvalidRequestException" | "ResourceNotFoundException";
  unknownSessionError: "InvalidRequestException" | "ResourceNotFoundException";
  /** The maximum lifetime of the credentials that AssumeRole returns. */
  maxCredentialsMs: number;
  denials: readonly Denial[];
  /** Values of Athena's quotas, by their names, where Service Quotas has others than AWS' defaults. */
  appliedQuotas: Readonly<Record<string, number>>;
  /** CloudTrail's own, for each account and region; undefined for no limit. */
  lookupThrottle: Throttle | undefined;
  /** Of each operation of Organizations, which is one for all regions; undefined for no limit. */
  organizationsThrottle: Throttle | undefined;
  /** CloudTrail shows an event between a third of this time and all of it after the call. */
  eventDelayMs: number;
  /** Calls of the same names that are about no session of Athena: Systems Manager's, and refused ones. */
  otherEventsPerHour: number;
  /** The share of events that CloudTrail never shows. */
  missingEventShare: number;
  /** The share of events that CloudTrail shows twice. */
  duplicateEventShare: number;
}

/** Settings without delays, throttling or denials. */
export function defaultSettings(): SimulatorSettings {
  return {
    listsDegraded: true,
    listsTerminating: true,
    retentionMs: 45 * 24 * 3_600_000,
    lagMs: 0,
    dropShare: 0,
    emptyPageShare: 0,
    pageSize: 100,
    throttle: undefined,
    latencyMs: 0,
    maxSkewMs: 300_000,
    dateSkewMs: 0,
    unknownWorkgroupError: "InvalidRequestException",
    unknownSessionError: "ResourceNotFoundException",
    maxCredentialsMs: 12 * 3_600_000,
    denials: [],
    appliedQuotas: { "Apache Spark DPU concurrency": 160 },
    lookupThrottle: { ratePerSecond: 2, burst: 2, status: 400 },
    organizationsThrottle: undefined,
    eventDelayMs: 300_000,
    otherEventsPerHour: 20,
    missingEventShare: 0,
    duplicateEventShare: 0,
  };
}
