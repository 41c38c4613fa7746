import { nearest } from "./nearest.ts";
import { isRegion, REGION_NAMES } from "./region-name.ts";
import { quoted } from "./problem.ts";
import type { ValueKind } from "./value-kind.ts";

/** A region of AWS. */
export const region: ValueKind<string> = {
  expected: "a region such as eu-west-1",
  parse: (text) => (isRegion(text) ? text : undefined),
  hint(text) {
    const written = text.trim().toLowerCase();
    // A zone is its region and a letter.
    const likely = isRegion(written.slice(0, -1)) ? written.slice(0, -1) : nearest(written, REGION_NAMES);
    return likely === undefined
      ? "AWS has no region of that name"
      : `AWS has no region of that name; did you mean ${quoted(likely)}?`;
  },
};

/** WorkGroup in https://docs.aws.amazon.com/athena/latest/APIReference/API_ListSessions.html */
export const workgroup: ValueKind<string> = {
  expected: "a workgroup's name of 1 to 128 letters, digits, dots, hyphens or underscores",
  parse: (text) => (/^[a-zA-Z0-9._-]{1,128}$/.test(text) ? text : undefined),
};

/** The ARN of a workgroup; `*` stands for any account or name. */
export function workgroupArn(regionName: string, account: string, name: string): string {
  return `arn:${partitionOfRegion(regionName)}:athena:${regionName}:${account}:workgroup/${name}`;
}

const MAX_ARN_CHARACTERS = 2_048;
const ROLE_ARN = /^arn:(aws(?:-[a-z]+)*):iam::(\d{12}|\{account_id\}):role\/[\w+=,.@/-]{1,576}$/;
/** Stands for the account in the ARN of a role that is in many. */
const ANY_ACCOUNT = "{account_id}";

/**
 * The ARN of an IAM role, or of one in many accounts, with `{account_id}` in place of the digits.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
 */
export const roleArn: ValueKind<string> = {
  expected: "a role such as arn:aws:iam::123456789012:role/NAME, with its account's 12 digits",
  parse: (text) => (text.length <= MAX_ARN_CHARACTERS && ROLE_ARN.test(text) ? text : undefined),
  hint(text) {
    const account = /^arn:[\w-]*:iam::(\d+):/.exec(text)?.[1];
    return account === undefined || account.length === 12
      ? undefined
      : `the account has ${account.length} digits`;
  },
};

/** ExternalId in https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
export const externalId: ValueKind<string> = {
  expected: "2 to 1224 letters, digits or characters of +=,.@:/-_",
  parse: (text) => (/^[\w+=,.@:/-]{2,1224}$/.test(text) ? text : undefined),
  secret: true,
};

/** The 12 digits of an account. */
export const accountId: ValueKind<string> = {
  expected: 'the 12 digits of an account in quotes, such as "123456789012"',
  parse: (text) => (/^\d{12}$/.test(text) ? text : undefined),
  hint: (text) => (/^\d+$/.test(text) ? `it has ${text.length} digits` : undefined),
  whyQuoted: "without them YAML eats leading zeros",
};

/** Whether the role is one in many accounts. */
export function isInManyAccounts(arn: string): boolean {
  return arn.includes(ANY_ACCOUNT);
}

/** The role in one of the accounts. */
export function roleInAccount(arn: string, account: string): string {
  return arn.replace(ANY_ACCOUNT, account);
}

/** The 12 digits of the account that a role belongs to; undefined of one in many. */
export function accountOfRole(arn: string): string | undefined {
  return isInManyAccounts(arn) ? undefined : ROLE_ARN.exec(arn)?.[2];
}

/** The partition of a role: `aws`, `aws-cn`, `aws-us-gov`, ... */
export function partitionOfRole(arn: string): string | undefined {
  return ROLE_ARN.exec(arn)?.[1];
}

/** By the start of the region's name, as the SDK's partitions.json has them; all others are in `aws`. */
const PARTITIONS = [
  ["cn-", "aws-cn"],
  ["us-gov-", "aws-us-gov"],
  ["us-iso-", "aws-iso"],
  ["us-isob-", "aws-iso-b"],
  ["eu-isoe-", "aws-iso-e"],
  ["us-isof-", "aws-iso-f"],
  ["eusc-", "aws-eusc"],
] as const;

/** The partition that a region belongs to: a role of another one cannot be used there. */
export function partitionOfRegion(name: string): string {
  return PARTITIONS.find(([prefix]) => name.startsWith(prefix))?.[1] ?? "aws";
}
