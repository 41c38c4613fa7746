import type { AccountConfig } from "../config/config.ts";
import type { Shard } from "../config/values/shard.ts";

/** What is polled: one workgroup of one account and region. */
export interface Target {
  /**
   * Made of the account's id, the region and the workgroup's name, and of nothing else: another account's workgroup of the
   * same name is another target.
   */
  readonly key: string;
  readonly workgroup: string;
  /** Empty where not known. */
  readonly engineVersion: string;
  /** Values by label names, for the tags that become labels; empty where the workgroup lacks the tag. */
  readonly tagLabels?: Readonly<Record<string, string>>;
}

/** An account and region: what credentials, clients, rate limits, discovery and health belong to. */
export interface AccountRegion {
  /** Unique in a configuration, and stable while the account's id is still unknown, and in a reload. */
  readonly key: string;
  /** A display name; empty where the configuration gives none. */
  readonly accountName: string;
  /** The entries of the configuration that select workgroups here; at least one. */
  readonly accounts: readonly AccountConfig[];
  /** Omitted: the process' own account. */
  readonly role?: { readonly arn: string; readonly externalId?: string };
  /** From the role's ARN; empty for the process' own account, which STS has to be asked for. */
  readonly accountId: string;
  /** Beside the process' own credentials: the roles by which other entries read the same region, of any account. */
  readonly conflictingRoles: readonly string[];
  readonly region: string;
  readonly discoveryIntervalMs: number;
  readonly shard: Shard;
}
