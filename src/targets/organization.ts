import type { AccountConfig, Config, OrganizationConfig } from "../config/config.ts";
import { MAX_REGIONS } from "../config/file/account-overlap.ts";
import { accountOfRole, roleOfName } from "../config/values/arn.ts";

/** What is known of an organization. */
export interface Organization {
  /** The account of the process' own credentials. */
  readonly ownAccountId: string;
  /** Those to poll, without those that are excluded, closed or suspended. */
  readonly accounts: readonly Member[];
  /** Excluded accounts that the organization does not have. */
  readonly unknownExclusions: readonly string[];
}

/** An account of an organization. */
interface Member {
  readonly id: string;
  readonly name: string;
}

/**
 * The entries of a configuration, and after them one for each account of its organization that they do not have.
 * @param organization as it was read last; absent before
 * @param defaultRegion of entries that name none
 */
export function allAccounts(
  { accounts, organization: config }: Pick<Config, "accounts" | "organization">,
  organization: Organization | undefined,
  defaultRegion: string,
): readonly AccountConfig[] {
  if (config === undefined || organization === undefined) return accounts;
  const { ownAccountId } = organization;
  const left = new Set(config.excludedAccounts);
  for (const { roleArn } of accounts) {
    left.add(roleArn === undefined ? ownAccountId : (accountOfRole(roleArn) ?? ""));
  }
  const members = organization.accounts.filter(({ id }) => !left.has(id));
  return [
    ...accounts,
    ...members.map((member) => accountOf(member, config, member.id === ownAccountId, defaultRegion)),
  ];
}

/** Says that there are more regions of accounts than an exporter polls; undefined where there are not. */
export function findTooManyRegions(accountRegions: number): string | undefined {
  return accountRegions <= MAX_REGIONS
    ? undefined
    : `the accounts have ${accountRegions} regions in all, more than ${MAX_REGIONS}: choose organizational_units or account_tags, and use several exporters`;
}

/** The entry whose credentials read the organization. */
export function readerOf({
  readerRoleArn,
  externalId,
  regions,
  discovery,
}: OrganizationConfig): AccountConfig {
  return {
    name: "",
    regions: regions.slice(0, 1),
    discovery,
    ...(readerRoleArn !== undefined && roleOf(readerRoleArn, externalId)),
  };
}

function accountOf(
  { id, name }: Member,
  { roleName, externalId, regions, discovery }: OrganizationConfig,
  isOwn: boolean,
  defaultRegion: string,
): AccountConfig {
  const [region = defaultRegion] = regions;
  return { name, regions, discovery, ...(!isOwn && roleOf(roleOfName(region, id, roleName), externalId)) };
}

function roleOf(
  roleArn: string,
  externalId: string | undefined,
): Pick<AccountConfig, "roleArn" | "externalId"> {
  return { roleArn, ...(externalId !== undefined && { externalId }) };
}
