import type { Attempt } from "../athena/api-calls.ts";
import type { Config, OrganizationConfig } from "../config/config.ts";
import { accountOfRole } from "../config/values/arn.ts";
import type { OrganizationOperation } from "../athena/read-organization.ts";
import type { WorkResult } from "../poll/call-context.ts";
import type { OrganizationCalls } from "../poll/organization-reader.ts";
import type { OrganizationView } from "../snapshot/view.ts";
import { accountRegionsOf } from "../targets/expand.ts";
import { readerOf, type Organization } from "../targets/organization.ts";
import type { AthenaApi, Connect } from "./poll-manager.ts";

/** Connects to the organization of a configuration. `observer` is called after every HTTP request; `defaultRegion`: where it names none. */
export function connectOrganization(
  connect: Connect,
  config: Config,
  organization: OrganizationConfig,
  defaultRegion: string,
  observer: (attempt: Attempt) => void,
): { readonly calls: OrganizationCalls; readonly close: () => void } {
  const { roleArn: _role, ...ownAccount } = readerOf(organization);
  const entries =
    organization.readerRoleArn === undefined ? [ownAccount] : [ownAccount, readerOf(organization)];
  const connected = accountRegionsOf(entries, defaultRegion).map((one) => connect(config, one, observer));
  const [own, reader] = [connected.at(0), connected.at(-1)] as [AthenaApi, AthenaApi];
  return { calls: { own, reader }, close: () => connected.forEach((api) => api.close()) };
}

/** The operations of Organizations that reading takes. */
export function listOperations({
  units,
  accountTags,
}: Pick<OrganizationConfig, "units" | "accountTags">): readonly OrganizationOperation[] {
  return [
    ...(units.length === 0
      ? (["ListAccounts"] as const)
      : (["ListAccountsForParent", "ListOrganizationalUnitsForParent"] as const)),
    ...(Object.keys(accountTags).length === 0 ? [] : (["ListTagsForResource"] as const)),
  ];
}

/** The account whose credentials read the organization; empty while it is not yet known. */
export function readerAccountId({ readerRoleArn = "" }: OrganizationConfig, ownAccountId: string): string {
  return accountOfRole(readerRoleArn) ?? ownAccountId;
}

/** What is known after a reading. */
export function viewAfter(
  read: WorkResult<Organization>,
  readerAccount: string,
  former: { readonly organization: Organization | undefined; readonly lastSuccessMs: number },
  nowMs: number,
): OrganizationView {
  const organization = "value" in read ? read.value : former.organization;
  return {
    readerAccountId: readerAccount,
    up: "value" in read,
    ...("failure" in read && { failure: read.failure }),
    lastSuccessMs: "value" in read ? nowMs : former.lastSuccessMs,
    accounts: organization?.accounts.length ?? 0,
  };
}
