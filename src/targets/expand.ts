import { accountOfRole } from "../config/aws-name.ts";
import type { AccountConfig } from "../config/config.ts";
import type { Region, Selection } from "./target.ts";

/**
 * Every account's region of a configuration, each once: limits and health belong to it, so that entries which select
 * different workgroups of the same one are joined. `defaultRegion` serves entries that name none.
 */
export function expand(accounts: readonly AccountConfig[], defaultRegion: string): Region[] {
  const regions = new Map<string, Region>();
  for (const account of accounts) {
    for (const name of account.regions.length > 0 ? account.regions : [defaultRegion]) {
      const region = regionOf(account, name);
      const known = regions.get(region.key);
      regions.set(region.key, known === undefined ? region : join(known, region));
    }
  }
  return [...regions.values()];
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
  const { include, exclude } = discovery;
  return { include, exclude, ...(workgroups !== undefined && { workgroups }) };
}

function join(a: Region, b: Region): Region {
  return {
    ...a,
    accountName: a.accountName === "" ? b.accountName : a.accountName,
    selections: [...a.selections, ...b.selections],
    discoveryIntervalMs: Math.min(a.discoveryIntervalMs, b.discoveryIntervalMs),
  };
}
