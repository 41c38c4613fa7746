import { accountOfRole } from "../config/aws-name.ts";
import type { AccountConfig } from "../config/config.ts";
import type { Region } from "./target.ts";

/**
 * Every account's region of a configuration, each once: limits and health belong to it, so that entries which name different
 * workgroups of the same one are joined. `defaultRegion` serves the account that names none.
 */
export function expand(accounts: readonly AccountConfig[], defaultRegion: string): Region[] {
  const regions = new Map<string, Region>();
  for (const account of accounts) {
    for (const region of account.regions.length > 0 ? account.regions : [defaultRegion]) {
      const added = regionOf(account, region);
      const known = regions.get(added.key);
      const workgroups = [...(known?.workgroups ?? []), ...(added.workgroups ?? [])];
      regions.set(added.key, { ...(known ?? added), ...(workgroups.length > 0 && { workgroups }) });
    }
  }
  return [...regions.values()];
}

function regionOf(account: AccountConfig, region: string): Region {
  const { name, roleArn, externalId, workgroups, discovery } = account;
  return {
    key: `${roleArn ?? ""}|${region}`,
    accountName: name,
    accountId: accountOfRole(roleArn ?? "") ?? "",
    region,
    include: discovery.include,
    exclude: discovery.exclude,
    discoveryIntervalMs: discovery.intervalMs,
    ...(roleArn !== undefined && { role: { arn: roleArn, ...(externalId !== undefined && { externalId }) } }),
    ...(workgroups !== undefined && { workgroups }),
  };
}
