import { AwsError, invalidRequest } from "./aws-error.ts";
import type { StsResult } from "./aws-response.ts";
import type { IamDirectory, Principal } from "./iam.ts";
import type { SimulatorSettings } from "./settings.ts";

const API_VERSION = "2011-06-15";
const MIN_SECONDS = 900;
const MAX_SECONDS = 43_200;
const DEFAULT_SECONDS = 3600;
const PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  GetCallerIdentity: [],
  AssumeRole: ["RoleArn", "RoleSessionName", "DurationSeconds", "ExternalId"],
};

/** Runs an STS action and returns its result; throws an AwsError if it fails. */
export function runStsAction(
  form: URLSearchParams,
  caller: Principal,
  directory: IamDirectory,
  settings: SimulatorSettings,
  nowMs: number,
): StsResult {
  verifyForm(form);
  if (form.get("Action") === "AssumeRole") return assumeRole(form, caller, directory, settings, nowMs);
  return { UserId: caller.userId, Account: caller.accountId, Arn: caller.arn };
}

/** The account id in a role's ARN; undefined if it is not the ARN of a role. */
export function accountIdOfRole(arn: string | null): string | undefined {
  return /^arn:aws[a-z-]*:iam::(\d{12}):role\/[\w+=,.@/-]+$/.exec(arn ?? "")?.[1];
}

function verifyForm(form: URLSearchParams): void {
  const action = form.get("Action") ?? "";
  const known = Object.hasOwn(PARAMETERS, action) ? PARAMETERS[action] : undefined;
  if (known === undefined || form.get("Version") !== API_VERSION) {
    throw new AwsError(
      "UnknownOperationException",
      `Could not find operation ${action} for version ${form.get("Version")}`,
    );
  }
  const unknown = [...form.keys()].find(
    (name) => name !== "Action" && name !== "Version" && !known.includes(name),
  );
  if (unknown !== undefined) throw invalidRequest(`Unknown parameter '${unknown}'`);
}

function assumeRole(
  form: URLSearchParams,
  caller: Principal,
  directory: IamDirectory,
  settings: SimulatorSettings,
  nowMs: number,
): StsResult {
  const roleArn = form.get("RoleArn") ?? "";
  const sessionName = form.get("RoleSessionName") ?? "";
  const seconds = Number(form.get("DurationSeconds") ?? DEFAULT_SECONDS);
  if (accountIdOfRole(roleArn) === undefined) throw invalidRequest(`${roleArn} is invalid`);
  if (!/^[\w+=,.@-]{2,64}$/.test(sessionName))
    throw invalidRequest("RoleSessionName must match [\\w+=,.@-]{2,64}");
  if (!Number.isInteger(seconds) || seconds < MIN_SECONDS || seconds > MAX_SECONDS) {
    throw invalidRequest(`DurationSeconds must be between ${MIN_SECONDS} and ${MAX_SECONDS}`);
  }
  const role = directory.findRole(roleArn, caller, form.get("ExternalId") ?? undefined);
  if (role === undefined) {
    const message = `User: ${caller.arn} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`;
    throw new AwsError("AccessDeniedException", message);
  }
  const expiresAtMs = nowMs + Math.min(seconds * 1000, settings.maxCredentialsMs);
  const { key, identity } = directory.assume(role, sessionName, expiresAtMs);
  return {
    Credentials: {
      AccessKeyId: key.accessKeyId,
      SecretAccessKey: key.secretAccessKey,
      SessionToken: key.sessionToken,
      Expiration: new Date(expiresAtMs).toISOString(),
    },
    AssumedRoleUser: { Arn: identity.arn, AssumedRoleId: identity.userId },
  };
}
