import type { Failure } from "../failure.ts";
import { advise } from "./advice.ts";

/** The operations that only the management account and delegated administrators may call. */
const OPERATIONS = new Set([
  "ListAccounts",
  "ListAccountsForParent",
  "ListOrganizationalUnitsForParent",
  "ListTagsForResource",
]);

/** One sentence or two that say what to do about an organization that cannot be read. `accountId`: whose credentials read it; or empty. */
export function adviseOnOrganization(
  { reason, operation }: Pick<Failure, "reason" | "operation">,
  accountId: string,
): string {
  const account = accountId === "" ? "the account of the exporter" : `the account ${accountId}`;
  const isOfOrganizations = OPERATIONS.has(operation);
  if (isOfOrganizations && reason === "access_denied") {
    return (
      `Grant organizations:${operation} on "*" to the identity that reads the organization. If it has that, ${account} is neither the ` +
      "management account nor a delegated administrator: make it one, or set organization.role_arn to a role in one."
    );
  }
  if (isOfOrganizations && reason === "not_found") {
    return operation === "ListAccounts"
      ? `Remove organization from the configuration, or read it from another account: ${account} is in no organization.`
      : `Check organization.organizational_units, and that ${account} is in the organization.`;
  }
  if (isOfOrganizations && reason === "throttled") {
    return "AWS Organizations limits the rate of requests of all its callers: find out who else calls it, or choose fewer accounts by units instead of tags. The exporter tries again by itself.";
  }
  if (isOfOrganizations && reason === "network") {
    return "Check the connection from the exporter to AWS Organizations, which has one endpoint for all regions, such as organizations.us-east-1.amazonaws.com: DNS, routes, proxy, firewall, TLS trust.";
  }
  if (reason === "other" && operation === "") return "The accounts that were known are still polled.";
  return advise({ reason, operation: operation || "GetCallerIdentity" }, { accountId, region: "its region" });
}
