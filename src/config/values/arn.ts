import { partitionOfRegion } from "./region.ts";
import { textValue } from "./value.ts";

const MAX_ARN_CHARACTERS = 2_048;
const ROLE_ARN = /^arn:(aws(?:-[a-z]+)*):iam::(\d{12}|\{account_id\}):role\/[\w+=,.@/-]{1,576}$/;
const ROLE_NAME = /^(?!\/)[\w+=,.@/-]{1,576}(?<!\/)$/;
/** Stands for the account in the ARN of a role that is in many. */
const ANY_ACCOUNT = "{account_id}";

/**
 * The ARN of an IAM role, or of one in many accounts, with `{account_id}` in place of the digits.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
 */
export const roleArn = textValue({
  expected: "a role such as arn:aws:iam::123456789012:role/NAME, with its account's 12 digits",
  parse: (text) => (text.length <= MAX_ARN_CHARACTERS && ROLE_ARN.test(text) ? text : undefined),
  hint(text) {
    const account = /^arn:[\w-]*:iam::(\d+):/.exec(text)?.[1];
    return account === undefined || account.length === 12
      ? undefined
      : `the account has ${account.length} digits`;
  },
});

/** The name of a role, after its path if it has one. */
export const roleName = textValue({
  expected: "the name of a role, such as athena-session-exporter, or PATH/NAME",
  parse: (text) => (ROLE_NAME.test(text) ? text : undefined),
  hint: (text) => (text.startsWith("arn:") ? "the name is what follows role/ in the ARN" : undefined),
});

/** The ARN of a role by its name, for a region of its partition. */
export function roleOfName(region: string, account: string, name: string): string {
  return `arn:${partitionOfRegion(region)}:iam::${account}:role/${name}`;
}

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

/** The ARN of a workgroup; `*` stands for any account or name. */
export function workgroupArn(region: string, account: string, name: string): string {
  return `arn:${partitionOfRegion(region)}:athena:${region}:${account}:workgroup/${name}`;
}
