import { findRegion, REGION_SOURCES } from "../athena/default-region.ts";
import type { Config } from "../config/config.ts";
import type { AccountRegion } from "../targets/account-region.ts";
import { accountRegionsOf } from "../targets/expand.ts";
import { allAccounts, findTooManyRegions, type Organization } from "../targets/organization.ts";

/** An error of the user that only the environment reveals; its message is printed as it is. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The region of entries that name none; empty where all do. Rejects with UsageError where one is needed and none is found. */
export async function findDefaultRegion(
  { accounts, organization }: Config,
  environment: NodeJS.ProcessEnv,
): Promise<string> {
  const needsDefault =
    accounts.some(({ regions }) => regions.length === 0) || organization?.regions.length === 0;
  const defaultRegion = needsDefault ? await findRegion(environment) : "";
  if (defaultRegion === undefined) {
    throw new UsageError(
      `no AWS region: it was looked for in ${REGION_SOURCES}; ` +
        "set one of them, for example --aws.region=eu-west-1, or try `athena-session-exporter demo` without AWS",
    );
  }
  return defaultRegion;
}

/**
 * Every account and region of the configuration, with those of its organization as far as it is known. Throws UsageError where there are
 * too many.
 */
export function findAccountRegions(
  config: Config,
  defaultRegion: string,
  organization: Organization | undefined,
): AccountRegion[] {
  const accounts = allAccounts(config, organization, defaultRegion);
  const accountRegions = accountRegionsOf(accounts, defaultRegion, config.shard);
  const problem = findTooManyRegions(accountRegions.length);
  if (problem !== undefined) throw new UsageError(problem);
  return accountRegions;
}
