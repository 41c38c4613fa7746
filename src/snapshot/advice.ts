import type { FailureReason } from "../failure.ts";
import { partitionOfRegion } from "../config/aws-name.ts";
import type { Failure } from "./view.ts";

/** Where it failed: in a workgroup, or in an account's region where there is none. */
export interface FailurePlace {
  /** Empty while it is not yet known. */
  readonly accountId: string;
  readonly region: string;
  readonly workgroup?: string;
}

interface Subject extends FailurePlace {
  readonly operation: string;
}

/** One sentence that tells a person what to do about a failure. */
export function advise(failure: Pick<Failure, "reason" | "operation">, place: FailurePlace): string {
  const usual = place.workgroup === undefined ? "ListWorkGroups" : "ListSessions";
  return ADVICE[failure.reason]({ ...place, operation: failure.operation || usual });
}

const ADVICE: Readonly<Record<FailureReason, (subject: Subject) => string>> = {
  throttled: ({ region }) =>
    `AWS limits the rate of calls in ${region}: lower poll.rate_limit, lengthen poll.interval, or look for others who call Athena there.`,
  access_denied: (subject) => `Grant ${action(subject)} on ${resource(subject)} to the exporter's role.`,
  credentials: () =>
    "Check the exporter's credentials: they are missing, expired or refused by AWS; they are tried again by themselves.",
  not_found: ({ workgroup, region }) =>
    workgroup === undefined
      ? `Check the configured names in ${region}: Athena knows nothing of them.`
      : `Athena knows no Spark workgroup ${workgroup} in ${region}: take it out of the configuration, or create it.`,
  invalid_request: ({ workgroup, region }) =>
    workgroup === undefined
      ? `Athena refuses the request in ${region}: check that it offers Athena for Apache Spark.`
      : `Check that ${workgroup} in ${region} is a workgroup of the Spark engine: Athena refuses to list its sessions.`,
  server_error: ({ region }) =>
    `Athena itself fails in ${region}: wait, and look at the AWS Health Dashboard if it lasts.`,
  network: ({ region }) =>
    `Check the way from the exporter to athena.${region}.amazonaws.com: DNS, routes, proxy, firewall, VPC endpoint, TLS trust.`,
  timeout: ({ region }) =>
    `Athena in ${region} answers too slowly: check the network's way there, or raise poll.timeout and poll.deadline.`,
  malformed_response: () =>
    "What answers does not speak as Athena does: look for a proxy in between, or a wrong AWS_ENDPOINT_URL.",
  other: () => "Look at the exporter's log: it has AWS' own words.",
};

/** Operations of STS; the others are Athena's. */
const STS_OPERATIONS: ReadonlySet<string> = new Set(["AssumeRole", "GetCallerIdentity"]);

function action({ operation }: Subject): string {
  return `${STS_OPERATIONS.has(operation) ? "sts" : "athena"}:${operation}`;
}

/** ListWorkGroups and GetCallerIdentity know no narrower resource than all. */
function resource({ accountId, region, workgroup, operation }: Subject): string {
  if (operation === "AssumeRole") return "the role that the configuration names";
  if (workgroup === undefined || operation === "ListWorkGroups") return `"*" in ${region}`;
  const account = accountId === "" ? "*" : accountId;
  return `arn:${partitionOfRegion(region)}:athena:${region}:${account}:workgroup/${workgroup}`;
}
