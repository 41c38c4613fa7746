import type { Failure } from "../failure.ts";
import type { LifeCycleCounters } from "../sessions/life-cycle.ts";
import type { Thresholds } from "../config/thresholds.ts";
import type { Snapshot } from "./snapshot.ts";

/** Everything that is known of one workgroup. Times are Unix milliseconds, 0 for never. */
export interface WorkgroupView {
  /** Empty while the process' own account is not yet known. */
  readonly accountId: string;
  /** A display name; empty where the configuration gives none. */
  readonly accountName: string;
  /** The role by which the account is read; empty for the process' own account. */
  readonly roleArn: string;
  readonly region: string;
  readonly workgroup: string;
  readonly engineVersion: string;
  /** Values by label names, for the tags that become labels. */
  readonly tagLabels?: Readonly<Record<string, string>>;
  readonly up: boolean;
  /** Present while the last poll failed. */
  readonly failure?: Failure;
  /** As of the last successful poll; absent before it, when it is too old, and when the workgroup does not exist. */
  readonly snapshot?: Snapshot;
  /** How many of `snapshot.rows`, from the first, have per-session series. */
  readonly shownSessions: number;
  /** How many are omitted because of a limit. */
  readonly omittedSessions: number;
  /** Whether details are read. */
  readonly showsDetails: boolean;
  /** Whether there are histograms of durations. */
  readonly showsDurations: boolean;
  readonly thresholds: Thresholds;
  /** Whether owners of sessions are looked up. */
  readonly showsOwners: boolean;
  /** Whether they are named, too. */
  readonly namesOwners: boolean;
  /** The price of a DPU-hour in US dollars. */
  readonly dpuHourUsd: number;
  readonly counters: LifeCycleCounters;
  readonly polls: number;
  readonly pollFailures: number;
  readonly lastSuccessMs: number;
  /** Absent before the first poll. */
  readonly lastPollSeconds?: number;
  readonly plannedIntervalSeconds: number;
}

/** The organization whose accounts are polled. Times are Unix milliseconds, 0 for never. */
export interface OrganizationView {
  /** The account whose credentials read it; empty while it is not yet known. */
  readonly readerAccountId: string;
  readonly up: boolean;
  /** Present while the last reading failed. */
  readonly failure?: Failure;
  readonly lastSuccessMs: number;
  /** Accounts that it had when it was read last, without those that are excluded, closed or suspended. */
  readonly accounts: number;
}

/** Credentials and discovery of one account and region. Times are Unix milliseconds, 0 for never. */
export interface AccountRegionView {
  /** Empty while the process' own account is not yet known. */
  readonly accountId: string;
  readonly accountName: string;
  /** The role by which the account is read; empty for the process' own account. */
  readonly roleArn: string;
  readonly region: string;
  readonly up: boolean;
  /** Present while credentials or the last discovery fail. */
  readonly failure?: Failure;
  readonly lastSuccessMs: number;
  readonly workgroups: number;
  /** AWS' quotas on DPUs by their names; absent where they are not read, or were never. */
  readonly dpuQuotas?: ReadonlyMap<string, number>;
  /** DPUs that the sessions of its workgroups hold, by the names of the quotas; with `dpuQuotas`. */
  readonly activeDpus?: ReadonlyMap<string, number>;
  /** The account, where another entry of the configuration reads the same one; this one has no metrics, as they would be there twice. */
  readonly duplicateOf?: string;
}
