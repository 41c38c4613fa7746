import type { WorkgroupOptions } from "./workgroup.ts";

/** A long-lived key pair of a user in an account. */
interface StaticKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** The last part of the user's ARN; "exporter" by default. */
  readonly userName?: string;
}

export interface RoleOptions {
  readonly name: string;
  /** The account whose callers may assume it; any if absent. */
  readonly trustedAccountId?: string;
  /** What a caller must hand over as ExternalId; nothing if absent. */
  readonly externalId?: string;
}

export interface AccountOptions {
  /** 12 digits. */
  readonly id: string;
  readonly keys?: readonly StaticKey[];
  readonly roles?: readonly RoleOptions[];
  /** Workgroups by region. */
  readonly regions: Readonly<Record<string, readonly WorkgroupOptions[]>>;
}
