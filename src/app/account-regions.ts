import { findRegion, REGION_SOURCES } from "../athena/default-region.ts";
import type { Config } from "../config/config.ts";
import type { AccountRegion } from "../targets/account-region.ts";
import { accountRegionsOf } from "../targets/expand.ts";

/** An error of the user that only the environment reveals; its message is printed as it is. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Every account and region of the configuration. Rejects with UsageError where a region is needed and none is found. */
export async function findAccountRegions(
  { accounts, shard }: Config,
  environment: NodeJS.ProcessEnv,
): Promise<AccountRegion[]> {
  const needsDefault = accounts.some(({ regions }) => regions.length === 0);
  const defaultRegion = needsDefault ? await findRegion(environment) : "";
  if (defaultRegion === undefined) {
    throw new UsageError(
      `no AWS region: it was looked for in ${REGION_SOURCES}; ` +
        "set one of them, for example --aws.region=eu-west-1, or try `athena-session-exporter demo` without AWS",
    );
  }
  return accountRegionsOf(accounts, defaultRegion, shard);
}
