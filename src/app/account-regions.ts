import { findRegion, REGION_SOURCES } from "../athena/default-region.ts";
import type { Config } from "../config/config.ts";
import { expand } from "../targets/expand.ts";
import type { Region } from "../targets/account-region.ts";

/** A mistake of the user's that only the machine's surroundings show; its message is for people. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Every account's region of the configuration. Rejects with UsageError where no region is named anywhere. */
export async function regionsOf(config: Config, environment: NodeJS.ProcessEnv): Promise<Region[]> {
  const needsDefault = config.accounts.some(({ regions }) => regions.length === 0);
  const defaultRegion = needsDefault ? await findRegion(environment) : "";
  if (defaultRegion === undefined) {
    throw new UsageError(
      `no AWS region: it was looked for in ${REGION_SOURCES}; ` +
        "set one of them, for example --aws.region=eu-west-1, or try `athena-session-exporter demo` without AWS",
    );
  }
  return expand(config.accounts, defaultRegion, config.shard);
}
