import { dnsSuffixOf, partitionOfRegion } from "../config/values/region.ts";
import type { Failure, FailureReason } from "../failure.ts";

/** Where an API call failed: in a workgroup, or in an account and region where there is none. */
export interface FailurePlace {
  /** Empty while it is not yet known. */
  readonly accountId: string;
  readonly region: string;
  readonly workgroup?: string;
}

interface FailedCall extends FailurePlace {
  readonly operation: string;
}

/** One sentence that says what to do about a failure. */
export function advise(failure: Pick<Failure, "reason" | "operation">, place: FailurePlace): string {
  const usual = place.workgroup === undefined ? "ListWorkGroups" : "ListSessions";
  return ADVICE[failure.reason]({ ...place, operation: failure.operation || usual });
}

const ADVICE: Readonly<Record<FailureReason, (subject: FailedCall) => string>> = {
  throttled: ({ region, operation }) =>
    operation === "LookupEvents"
      ? `CloudTrail allows 2 requests a second in ${region}, of which the exporter makes one each 5 seconds: find out who else looks events up there.`
      : `AWS limits the rate of API requests in ${region}: lower poll.rate_limit, lengthen poll.interval, or find out who else calls Athena there.`,
  access_denied: (subject) =>
    subject.operation === "AssumeRole"
      ? `Grant sts:AssumeRole on the role of account ${subject.accountId} to the exporter's own identity, and let the role's trust policy allow that identity; if the trust policy asks for an external id, set external_id to it.`
      : `Grant ${serviceOf(subject.operation)}:${subject.operation} on ${resource(subject)} to the exporter's role.`,
  credentials: () =>
    "Check the exporter's credentials: they are missing, expired or refused by AWS. The exporter tries again by itself.",
  not_found: ({ workgroup, region }) =>
    workgroup === undefined
      ? `Check the names in the configuration: Athena does not know them in ${region}.`
      : `Athena has no Spark workgroup ${workgroup} in ${region}: remove it from the configuration, or create it.`,
  invalid_request: ({ workgroup, region }) =>
    workgroup === undefined
      ? `Athena refuses the request in ${region}: check that Athena for Apache Spark is available there.`
      : `Check that ${workgroup} in ${region} is a workgroup of the Spark engine: Athena refuses to list its sessions.`,
  server_error: ({ region }) =>
    `Athena fails in ${region}: wait, and look at the AWS Health Dashboard if it lasts.`,
  network: ({ region, operation }) =>
    `Check the connection from the exporter to ${serviceOf(operation)}.${region}.${dnsSuffixOf(region)}: DNS, routes, proxy, firewall, VPC endpoint, TLS trust.`,
  timeout: ({ region }) =>
    `Athena in ${region} responds too slowly: check the network, or raise poll.timeout and poll.deadline.`,
  malformed_response: () =>
    "The response is not from Athena: look for a proxy in between, or a wrong AWS_ENDPOINT_URL.",
  other: () => "Look at the exporter's log, which has AWS' own message.",
};

/** The services of operations that are not Athena's. */
const OTHER_SERVICES: Readonly<Record<string, string>> = {
  AssumeRole: "sts",
  GetCallerIdentity: "sts",
  LookupEvents: "cloudtrail",
  ListServiceQuotas: "servicequotas",
  ListAWSDefaultServiceQuotas: "servicequotas",
};

function serviceOf(operation: string): string {
  return OTHER_SERVICES[operation] ?? "athena";
}

/** ListWorkGroups and the operations of other services support no narrower resource than all. */
function resource({ accountId, region, workgroup, operation }: FailedCall): string {
  if (workgroup === undefined || operation === "ListWorkGroups") return `"*" in ${region}`;
  const account = accountId === "" ? "*" : accountId;
  return `arn:${partitionOfRegion(region)}:athena:${region}:${account}:workgroup/${workgroup}`;
}
