import { quoted } from "./problem.ts";
import type { ValueKind } from "./value-kind.ts";

const REGION = /^[a-z]{2,4}(?:-[a-z]+){1,3}-\d{1,2}$/;

/** A region of AWS, by its shape: new ones need no new version of this program. */
export const region: ValueKind<string> = {
  expected: "a region such as eu-west-1",
  parse: (text) => (REGION.test(text) ? text : undefined),
  hint(text) {
    const trimmed = text.trim().toLowerCase();
    const likely = REGION.test(trimmed.slice(0, -1)) ? trimmed.slice(0, -1) : trimmed;
    return REGION.test(likely) ? `did you mean ${quoted(likely)}?` : undefined;
  },
};

/** WorkGroup in https://docs.aws.amazon.com/athena/latest/APIReference/API_ListSessions.html */
export const workgroup: ValueKind<string> = {
  expected: "a workgroup's name of 1 to 128 letters, digits, dots, hyphens or underscores",
  parse: (text) => (/^[a-zA-Z0-9._-]{1,128}$/.test(text) ? text : undefined),
};

const MAX_ARN_CHARACTERS = 2_048;
const ROLE_ARN = /^arn:(aws(?:-[a-z]+)*):iam::(\d{12}):role\/[\w+=,.@/-]{1,576}$/;

/** The ARN of an IAM role. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html */
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

/** The 12 digits of the account that a role belongs to. */
export function accountOfRole(arn: string): string | undefined {
  return ROLE_ARN.exec(arn)?.[2];
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
