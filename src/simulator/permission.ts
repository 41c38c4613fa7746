import { AwsError } from "./aws-error.ts";
import type { Caller } from "./iam.ts";
import type { ServedRequest } from "./request-log.ts";
import type { Denial } from "./settings.ts";
import { workgroupArn } from "./workgroup-operations.ts";

/** Throws AccessDeniedException, with IAM's message, if a denial covers the request. */
export function verifyPermission(request: ServedRequest, caller: Caller, denials: readonly Denial[]): void {
  const denied = denials.some(
    (denial) =>
      (denial.operation === "*" || denial.operation === request.operation) &&
      (denial.accountId ?? caller.accountId) === caller.accountId &&
      (denial.role ?? caller.role) === caller.role &&
      (denial.region ?? request.region) === request.region &&
      (denial.workgroup ?? request.workgroup) === request.workgroup,
  );
  if (!denied) return;
  const action = `${request.service}:${request.operation}`;
  const resource =
    request.service !== "athena"
      ? "*"
      : workgroupArn(caller.region, caller.accountId, request.workgroup || "*");
  throw new AwsError(
    "AccessDeniedException",
    `User: ${caller.arn} is not authorized to perform: ${action} on resource: ${resource} ` +
      `because no identity-based policy allows the ${action} action`,
  );
}
