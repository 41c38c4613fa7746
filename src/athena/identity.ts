import { accountOfRole } from "../config/values/arn.ts";
import { ApiError } from "../failure.ts";
import { cleanText } from "./clean-text.ts";

const MAX_ARN = 2048;

/** The account and principal of credentials. */
export interface Identity {
  /** 12 digits. */
  readonly accountId: string;
  /** Empty where absent. */
  readonly arn: string;
}

/** Reads the output of GetCallerIdentity. Throws ApiError malformed_response. */
export function readIdentity(output: unknown): Identity {
  const { Account: accountId, Arn: arn } = output as Readonly<Record<string, unknown>>;
  if (typeof accountId !== "string" || !/^\d{12}$/.test(accountId)) {
    throw new ApiError("malformed_response", "GetCallerIdentity", "the response has no account id");
  }
  return { accountId, arn: typeof arn === "string" ? cleanText(arn, MAX_ARN) : "" };
}

/**
 * Whether an identity is a session of the role, which then need not be assumed. The ARN of a session leaves the role's path
 * out: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
 */
export function isSessionOfRole({ accountId, arn }: Identity, roleArn: string): boolean {
  const assumed = /^arn:[\w-]+:sts::\d{12}:assumed-role\/([^/]+)\//.exec(arn)?.[1];
  return accountId === accountOfRole(roleArn) && assumed === roleArn.split("/").at(-1);
}
