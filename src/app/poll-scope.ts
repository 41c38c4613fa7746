import type { Config } from "../config/config.ts";
import { OrganizationReader } from "../poll/organization-reader.ts";
import type { OrganizationView } from "../snapshot/view.ts";
import type { AccountRegion } from "../targets/account-region.ts";
import type { Organization } from "../targets/organization.ts";
import { findAccountRegions, findDefaultRegion } from "./account-regions.ts";
import { EXIT, type Host } from "./host.ts";
import { connectOrganization, readerAccountId, viewAfter } from "./organization-calls.ts";
import { UNKNOWN_EXCLUSIONS } from "./organization-log.ts";
import { athenaConnector } from "./poll-manager.ts";
import { showProgress } from "./progress.ts";

/** A signal ended the command before its result was complete. */
export class StoppedError extends Error {
  override readonly name = "StoppedError";
}

/** What a command polls that ends. */
export interface PollScope {
  readonly accountRegions: readonly AccountRegion[];
  /** Absent where the configuration has none. */
  readonly organization?: OrganizationView;
}

/** Every account and region of the configuration; reads its organization once. Rejects with UsageError, and with StoppedError at a signal. */
export async function findPollScope(config: Config, host: Host): Promise<PollScope> {
  const defaultRegion = await findDefaultRegion(config, host.environment);
  const { view, organization } = await readOrganization(config, defaultRegion, host);
  const unknown = organization?.unknownExclusions ?? [];
  if (unknown.length > 0) host.printError(`${UNKNOWN_EXCLUSIONS}: ${unknown.join(", ")}\n`);
  const accountRegions = findAccountRegions(config, defaultRegion, organization);
  return { accountRegions, ...(view !== undefined && { organization: view }) };
}

/** Reads the organization of the configuration once; nothing where it has none. Rejects with StoppedError at a signal. */
async function readOrganization(
  config: Config,
  defaultRegion: string,
  host: Host,
): Promise<{ readonly view?: OrganizationView; readonly organization?: Organization }> {
  const { organization } = config;
  if (organization === undefined) return {};
  const { clock } = host;
  const ending = new AbortController();
  host.onStop(
    (signal) => ending.abort(new StoppedError(`stopped by ${signal} before the organization was read`)),
    EXIT.failed,
  );
  const { calls, close } = connectOrganization(
    athenaConnector(clock),
    config,
    organization,
    defaultRegion,
    () => undefined,
  );
  const hideProgress = showProgress(host, () => "reading the organization");
  try {
    const { signal } = ending;
    const deadlineMs = () => config.poll.deadlineMs;
    const reader = new OrganizationReader(calls, organization, { clock, signal, deadlineMs, shards: 1 });
    const read = await reader.read();
    signal.throwIfAborted();
    const former = { organization: undefined, lastSuccessMs: 0 };
    const readerAccount = readerAccountId(organization, reader.ownAccountId);
    const view = viewAfter(read, readerAccount, former, clock.wallMs());
    return { view, ...("value" in read && { organization: read.value }) };
  } finally {
    hideProgress();
    close();
  }
}
