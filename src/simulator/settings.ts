/** Which call is refused, and for whom; what is absent matches everything. */
export interface Denial {
  /** For example "GetSessionStatus"; "*" for every operation. */
  readonly operation: string;
  readonly accountId?: string;
  /** The name of the role whose credentials are used. */
  readonly role?: string;
  readonly region?: string;
  readonly workgroup?: string;
}

export interface Throttle {
  readonly ratePerSecond: number;
  readonly burst: number;
  readonly status: 400 | 429;
}

/** What nobody knows of Athena, and how bad a day it has. Each may be changed while the simulator runs. */
export interface SimulatorSettings {
  /** Whether a listing without a filter shows DEGRADED sessions. */
  listsDegraded: boolean;
  /** Whether a listing without a filter shows TERMINATING sessions. */
  listsTerminating: boolean;
  /** How long ended sessions stay listed and can be looked up. */
  retentionMs: number;
  /** How late listings show what has happened; lookups are never late. */
  lagMs: number;
  /** The probability that one page omits a session that belongs on it. */
  dropShare: number;
  /** The probability that a page is empty, with a token; never twice in a row in one listing. */
  emptyPageShare: number;
  /** The most sessions on a page, whatever MaxResults says. */
  pageSize: number;
  /** For each account's region; undefined: no limit. */
  throttle: Throttle | undefined;
  /** How long every answer takes. */
  latencyMs: number;
  /** How far the time of a signature may be off. */
  maxSkewMs: number;
  /** Added to the time in Date headers, and to the time that signatures are held against. */
  dateSkewMs: number;
  unknownWorkgroupError: "InvalidRequestException" | "ResourceNotFoundException";
  unknownSessionError: "InvalidRequestException" | "ResourceNotFoundException";
  /** Cuts the life of the credentials that AssumeRole gives. */
  maxCredentialsMs: number;
  denials: readonly Denial[];
}

/** A good day, and the kinder answer to what is unknown. */
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
  };
}
