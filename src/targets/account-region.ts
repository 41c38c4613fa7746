import type { Shard } from "../config/shard.ts";

/** What is polled: one workgroup of one account's region. */
export interface Target {
  /**
   * Made of the account's id, the region and the workgroup's name, and of nothing else: another account's workgroup of the
   * same name is another target.
   */
  readonly key: string;
  readonly workgroup: string;
  /** Empty where not known. */
  readonly engineVersion: string;
  /** Values by names of labels, for those tags that shall be labels; empty where the workgroup has not the tag. */
  readonly tagLabels?: Readonly<Record<string, string>>;
}

/** Which workgroups of an account's region one entry of the configuration wants. */
export interface Selection {
  /** Omitted: those are discovered that are Spark and pass the filters. */
  readonly workgroups?: readonly string[];
  /** A name must match one of these, if there are any. */
  readonly include: readonly RegExp[];
  /** A name must match none of these. */
  readonly exclude: readonly RegExp[];
  /** A workgroup must have all of these, by key. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Keys of the tags that become labels. */
  readonly tagLabels?: readonly string[];
}

/** One account's region: what credentials, clients and limits belong to. */
export interface Region {
  /** Unique in a configuration, and stable while the account's id is still unknown. */
  readonly key: string;
  /** For people; empty where the configuration gives none. */
  readonly accountName: string;
  /** What of it is polled; at least one. */
  readonly selections: readonly Selection[];
  /** Omitted: the process' own account. */
  readonly role?: { readonly arn: string; readonly externalId?: string };
  /** As the role's ARN tells it; empty for the process' own account, which AWS has to be asked for. */
  readonly accountId: string;
  /** Beside the process' own credentials: the roles by which other entries read the same region, of whatever account. */
  readonly rivalRoles?: readonly string[];
  readonly region: string;
  readonly discoveryIntervalMs: number;
  /** Omitted: all that is selected is polled by this process. */
  readonly shard?: Shard;
}
