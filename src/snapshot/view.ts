import type { FailureReason } from "../failure.ts";
import type { LifeCycleCounters } from "../sessions/life-cycle.ts";
import type { Snapshot } from "./snapshot.ts";

/** What went wrong last: a bounded reason for labels, and words for people. */
export interface Failure {
  readonly reason: FailureReason;
  /** The API operation that failed; empty where none was reached. */
  readonly operation: string;
  readonly message: string;
}

/** Everything that is known of one workgroup. Times are Unix milliseconds, 0 for never. */
export interface WorkgroupView {
  /** Empty while the process' own account is not yet known. */
  readonly accountId: string;
  /** For people; empty where the configuration gives none. */
  readonly accountName: string;
  readonly region: string;
  readonly workgroup: string;
  readonly engineVersion: string;
  /** Values by names of labels, for those of its tags that shall be shown. */
  readonly tagLabels?: Readonly<Record<string, string>>;
  readonly up: boolean;
  /** Present while the last poll failed. */
  readonly failure?: Failure;
  /** Last-good; absent before the first success, and once it is too old or the workgroup is gone. */
  readonly snapshot?: Snapshot;
  /** How many of `snapshot.rows`, from the first, have series of their own. */
  readonly shownSessions: number;
  /** How many have none because of a limit. */
  readonly omittedSessions: number;
  /** Whether what only GetSession tells is asked for. */
  readonly showsDetails: boolean;
  readonly counters: LifeCycleCounters;
  readonly polls: number;
  readonly pollFailures: number;
  readonly lastSuccessMs: number;
  /** Absent before the first poll. */
  readonly lastPollSeconds?: number;
  readonly plannedIntervalSeconds: number;
}

/** One account's region: credentials and discovery. */
export interface AccountView {
  readonly accountId: string;
  readonly accountName: string;
  readonly region: string;
  readonly up: boolean;
  readonly failure?: Failure;
  readonly lastSuccessMs: number;
  readonly workgroups: number;
  /** Another entry of the configuration reads the same; this one has no metrics, as they would be there twice. */
  readonly isDuplicate?: true;
}
