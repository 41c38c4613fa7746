/** What is polled: one workgroup of one account's region. */
export interface Target {
  /** The region's key, then the workgroup. */
  readonly key: string;
  readonly workgroup: string;
  /** Empty where not known. */
  readonly engineVersion: string;
}

/** One account's region: what credentials, clients and limits belong to. */
export interface Region {
  /** Unique in a configuration, and stable while the account's id is still unknown. */
  readonly key: string;
  /** For people; empty where the configuration gives none. */
  readonly accountName: string;
  /** Omitted: the process' own account. */
  readonly role?: { readonly arn: string; readonly externalId?: string };
  /** As the role's ARN tells it; empty for the process' own account, which AWS has to be asked for. */
  readonly accountId: string;
  readonly region: string;
  /** Omitted: every Spark workgroup is discovered. */
  readonly workgroups?: readonly string[];
  readonly include: readonly RegExp[];
  readonly exclude: readonly RegExp[];
  readonly discoveryIntervalMs: number;
}
