import type { WorkgroupOptions } from "./workgroup.ts";

/** A long-term access key of an IAM user. */
interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** The last part of the user's ARN; "exporter" by default. */
  readonly userName?: string;
}

/** An IAM role and its trust policy. */
export interface RoleOptions {
  readonly name: string;
  /** The account whose principals may assume the role; any account if absent. */
  readonly trustedAccountId?: string;
  /** The ExternalId that AssumeRole must pass; none is required if absent. */
  readonly externalId?: string;
}

/** A simulated AWS account. */
export interface AccountOptions {
  /** 12 digits. */
  readonly id: string;
  readonly keys?: readonly AccessKey[];
  readonly roles?: readonly RoleOptions[];
  /** Workgroups by region. */
  readonly regions: Readonly<Record<string, readonly WorkgroupOptions[]>>;
}
