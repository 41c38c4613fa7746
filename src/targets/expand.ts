import { accountOfRole } from "../config/aws-name.ts";
import type { AccountConfig } from "../config/config.ts";
import { WHOLE, type Shard } from "../config/shard.ts";
import type { Region, Selection } from "./account-region.ts";

/**
 * Every account's region of a configuration, each once: limits and health belong to it, so that entries which select
 * different workgroups of the same one are joined. `defaultRegion` serves entries that name none.
 */
export function expand(
  accounts: readonly AccountConfig[],
  defaultRegion: string,
  shard: Shard = WHOLE,
): Region[] {
  const regions = new Map<string, Region>();
  for (const account of accounts) {
    for (const name of account.regions.length > 0 ? account.regions : [defaultRegion]) {
      const region = regionOf(account, name);
      const known = regions.get(region.key);
      regions.set(region.key, known === undefined ? region : join(known, region));
    }
  }
  return [...regions.values()].map((region) => ({ ...withRivals(region, accounts), shard }));
}

/** Only AWS can tell that the process' own account is one that is also read by a role. */
function withRivals(region: Region, accounts: readonly AccountConfig[]): Region {
  if (region.role !== undefined) return region;
  const rivals = accounts.filter(({ regions }) => regions.includes(region.region));
  return { ...region, rivalRoles: rivals.flatMap(({ roleArn }) => roleArn ?? []) };
}

/** The role by which another entry reads the process' own account, once that is known to be `accountId`. */
export function rivalOf({ rivalRoles = [] }: Region, accountId: string): string | undefined {
  return rivalRoles.find((role) => accountOfRole(role) === accountId);
}

/** What is wrong with an entry that reads what another one reads by a role, and what to do. */
export function rivalMessage({ region }: Region, accountId: string, role: string): string {
  return `the process' own account is ${accountId}, which an entry of accounts already reads in ${region} by ${role}; remove one of the two entries`;
}

function regionOf(account: AccountConfig, region: string): Region {
  const { name, roleArn, externalId, discovery } = account;
  return {
    key: `${roleArn ?? ""}|${region}`,
    accountName: name,
    accountId: accountOfRole(roleArn ?? "") ?? "",
    region,
    selections: [selectionOf(account)],
    discoveryIntervalMs: discovery.intervalMs,
    ...(roleArn !== undefined && { role: { arn: roleArn, ...(externalId !== undefined && { externalId }) } }),
  };
}

function selectionOf({ workgroups, discovery }: AccountConfig): Selection {
  const { include, exclude, tags, tagLabels } = discovery;
  return {
    include,
    exclude,
    ...(workgroups !== undefined && { workgroups }),
    ...(tags !== undefined && { tags }),
    ...(tagLabels !== undefined && { tagLabels }),
  };
}

function join(a: Region, b: Region): Region {
  return {
    ...a,
    accountName: a.accountName === "" ? b.accountName : a.accountName,
    selections: [...a.selections, ...b.selections],
    discoveryIntervalMs: Math.min(a.discoveryIntervalMs, b.discoveryIntervalMs),
  };
}
