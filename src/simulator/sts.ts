import { AwsError, invalidRequest } from "./aws-error.ts";
import type { StsResult } from "./answer.ts";
import type { Directory, Identity } from "./identity.ts";
import type { SimulatorSettings } from "./settings.ts";

const VERSION = "2011-06-15";
const MIN_SECONDS = 900;
const MAX_SECONDS = 43_200;
const DEFAULT_SECONDS = 3600;
const PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  GetCallerIdentity: [],
  AssumeRole: ["RoleArn", "RoleSessionName", "DurationSeconds", "ExternalId"],
};

/** Answers an action of STS in the Query protocol. */
export function answerSts(
  form: URLSearchParams,
  caller: Identity,
  directory: Directory,
  settings: SimulatorSettings,
  nowMs: number,
): StsResult {
  verifyForm(form);
  if (form.get("Action") === "AssumeRole") return assumeRole(form, caller, directory, settings, nowMs);
  return { UserId: caller.userId, Account: caller.accountId, Arn: caller.arn };
}

/** The account that a role's ARN names; undefined if it is no ARN of a role. */
export function accountOfRole(arn: string | null): string | undefined {
  return /^arn:aws[a-z-]*:iam::(\d{12}):role\/[\w+=,.@/-]+$/.exec(arn ?? "")?.[1];
}

function verifyForm(form: URLSearchParams): void {
  const action = form.get("Action") ?? "";
  const known = Object.hasOwn(PARAMETERS, action) ? PARAMETERS[action] : undefined;
  if (known === undefined || form.get("Version") !== VERSION) {
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
  caller: Identity,
  directory: Directory,
  settings: SimulatorSettings,
  nowMs: number,
): StsResult {
  const roleArn = form.get("RoleArn") ?? "";
  const sessionName = form.get("RoleSessionName") ?? "";
  const seconds = Number(form.get("DurationSeconds") ?? DEFAULT_SECONDS);
  if (accountOfRole(roleArn) === undefined) throw invalidRequest(`${roleArn} is invalid`);
  if (!/^[\w+=,.@-]{2,64}$/.test(sessionName))
    throw invalidRequest("RoleSessionName must match [\\w+=,.@-]{2,64}");
  if (!Number.isInteger(seconds) || seconds < MIN_SECONDS || seconds > MAX_SECONDS) {
    throw invalidRequest(`DurationSeconds must lie between ${MIN_SECONDS} and ${MAX_SECONDS}`);
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
