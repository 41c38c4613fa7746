import { accountOfRole } from "../config/values/arn.ts";
import type { AccountConfig } from "../config/config.ts";
import { SINGLE_SHARD, type Shard } from "../config/values/shard.ts";
import type { AccountRegion } from "./account-region.ts";

/**
 * Every account and region of a configuration, each once: entries that select different workgroups of the same one are joined.
 * @param defaultRegion of the entries that name none
 */
export function accountRegionsOf(
  accounts: readonly AccountConfig[],
  defaultRegion: string,
  shard: Shard = SINGLE_SHARD,
): AccountRegion[] {
  const accountRegions = new Map<string, AccountRegion>();
  for (const account of accounts) {
    for (const region of account.regions.length > 0 ? account.regions : [defaultRegion]) {
      const accountRegion = accountRegionOf(account, region, shard);
      const known = accountRegions.get(accountRegion.key);
      accountRegions.set(accountRegion.key, known === undefined ? accountRegion : join(known, accountRegion));
    }
  }
  return [...accountRegions.values()].map((accountRegion, _index, all) => ({
    ...accountRegion,
    conflictingRoles: conflictingRoles(accountRegion, all),
  }));
}

/** The roles that may be of the process' own account, whose id only AWS can tell. */
function conflictingRoles({ role, region }: AccountRegion, all: readonly AccountRegion[]): string[] {
  if (role !== undefined) return [];
  return all.flatMap((other) => (other.region === region && other.role ? [other.role.arn] : []));
}

/** The role by which another entry reads the process' own account, once that is known to be `accountId`. */
export function conflictingRole({ conflictingRoles }: AccountRegion, accountId: string): string | undefined {
  return conflictingRoles.find((role) => accountOfRole(role) === accountId);
}

/** Says that two entries read the same account and region, and what to do. */
export function conflictMessage({ region }: AccountRegion, accountId: string, role: string): string {
  return `the process' own account is ${accountId}, which an entry of accounts already reads in ${region} by ${role}; remove one of the two entries`;
}

function accountRegionOf(account: AccountConfig, region: string, shard: Shard): AccountRegion {
  const { name, roleArn, externalId, discovery } = account;
  const accountId = accountOfRole(roleArn ?? "") ?? "";
  return {
    // Without the role, so that another role of the same account is no other account to a reload.
    key: `${accountId}|${region}`,
    accountName: name,
    accounts: [account],
    accountId,
    conflictingRoles: [],
    region,
    discoveryIntervalMs: discovery.intervalMs,
    shard,
    ...(roleArn !== undefined && { role: { arn: roleArn, ...(externalId !== undefined && { externalId }) } }),
  };
}

function join(a: AccountRegion, b: AccountRegion): AccountRegion {
  return {
    ...a,
    accountName: a.accountName === "" ? b.accountName : a.accountName,
    accounts: [...a.accounts, ...b.accounts],
    discoveryIntervalMs: Math.min(a.discoveryIntervalMs, b.discoveryIntervalMs),
  };
}
