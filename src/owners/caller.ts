/** Who made a call. */
export interface Caller {
  /** Empty where CloudTrail gives none, as for services. */
  readonly arn: string;
  /** The user, or the session of a role, which often is the person. */
  readonly name: string;
}

/** What CloudTrail's userIdentity contains; empty where it is absent. */
export interface UserIdentity {
  readonly arn: string;
  readonly userName: string;
  /** The user of IAM Identity Center that a service acted for. */
  readonly onBehalfOf: string;
  /** The service that made the call. */
  readonly invokedBy: string;
  readonly principalId: string;
}

/**
 * Who an identity is; undefined where it names nobody. The kinds of identities are those of
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
 */
export function callerOf(identity: UserIdentity): Caller | undefined {
  const { arn, userName, onBehalfOf, invokedBy, principalId } = identity;
  const name = onBehalfOf || nameInArn(arn) || userName || invokedBy || principalId;
  return name === "" ? undefined : { arn, name };
}

const ASSUMED_ROLE = /^arn:[\w-]+:sts::\d*:assumed-role\/([^/]+)\/(.+)$/;
const OTHER_PRINCIPAL = /^arn:[\w-]+:(?:iam|sts)::\d*:(?:user|federated-user)\/(?:.*\/)?([^/]+)$/;
const ROOT = /^arn:[\w-]+:iam::\d*:root$/;

/**
 * Session names that machines make up: those of the SDKs (a word and a time), numbers, instances, ECS tasks and UUIDs. They are
 * different for each session, and say less than the role.
 */
const MADE_UP =
  /^(?:(?:botocore-session|aws-sdk-\w+|aws-go-sdk|aws-sdk-go-v\d)-)?\d{6,}$|^i-[0-9a-f]{8,}$|^[0-9a-f]{32}$|^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The user, the session of a role, or the role itself where its session says nothing; empty for anything else. */
function nameInArn(arn: string): string {
  const [, role = "", session = ""] = ASSUMED_ROLE.exec(arn) ?? [];
  if (session !== "") return MADE_UP.test(session) ? role : session;
  if (ROOT.test(arn)) return "root";
  return OTHER_PRINCIPAL.exec(arn)?.[1] ?? "";
}
