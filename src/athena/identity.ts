import { accountOfRole } from "../config/aws-name.ts";
import { AwsFailure } from "../failure.ts";

/** Whose credentials these are. */
export interface Identity {
  /** 12 digits. */
  readonly accountId: string;
  readonly arn: string;
}

/** An answer of GetCallerIdentity. Throws AwsFailure malformed_response. */
export function parseIdentity(output: object): Identity {
  const { Account: accountId, Arn: arn } = output as Readonly<Record<string, unknown>>;
  if (typeof accountId !== "string" || !/^\d{12}$/.test(accountId)) {
    throw new AwsFailure("malformed_response", "GetCallerIdentity", "the answer holds no account id");
  }
  return { accountId, arn: typeof arn === "string" ? arn : "" };
}

/**
 * Whether an identity is a session of the role, which then need not be assumed. The ARN of a session leaves the role's path
 * out: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
 */
export function isRole({ accountId, arn }: Identity, roleArn: string): boolean {
  const assumed = /^arn:[\w-]+:sts::\d{12}:assumed-role\/([^/]+)\//.exec(arn)?.[1];
  return accountId === accountOfRole(roleArn) && assumed === roleArn.split("/").at(-1);
}
