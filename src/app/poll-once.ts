import type { Config } from "../config/config.ts";
import type { Failure } from "../failure.ts";
import { letHeapGrow } from "../heap.ts";
import type { StateFilter } from "../sessions/call.ts";
import type { AccountRegion } from "../targets/account-region.ts";
import { EXIT, type Host } from "./host.ts";
import { PollManager } from "./poll-manager.ts";
import { StoppedError, type PollScope } from "./poll-scope.ts";
import { showProgress } from "./progress.ts";
import { NO_OWNERS_LISTENER } from "./session-owners.ts";

/** Owners and quotas that take longer stay unknown: CloudTrail's rate limit allows a request each 5 seconds. */
const EXTRAS_MS = 20_000;

/**
 * Discovers and polls everything once; resolves when every workgroup was tried. Rejects with StoppedError at a signal.
 * @param filters what each poll lists beside the unfiltered listing
 */
export async function pollOnce(
  config: Config,
  { accountRegions, organization }: PollScope,
  host: Host,
  filters: readonly StateFilter[],
): Promise<PollManager> {
  letHeapGrow();
  const ending = new AbortController();
  const done = new Promise<void>((resolve, reject) => {
    ending.signal.addEventListener("abort", () => resolve(), { once: true });
    host.onStop((signal) => {
      reject(new StoppedError(`stopped by ${signal} before every workgroup was polled`));
      ending.abort();
    }, EXIT.failed);
  });
  let stopWaiting: (() => void) | undefined;
  const endWhenTried = () => {
    if (!manager.board.wasAllTried()) return;
    if (manager.wereExtrasTried()) ending.abort();
    else stopWaiting ??= host.clock.after(EXTRAS_MS, () => ending.abort());
  };
  const manager = new PollManager(config, accountRegions, {
    clock: host.clock,
    random: host.random,
    signal: ending.signal,
    isOneShot: true,
    filters,
    listener: {
      configured: () => undefined,
      discovered: endWhenTried,
      polled: endWhenTried,
      picked: () => undefined,
      ...NO_OWNERS_LISTENER,
      quotasRead(accountRegion, failure) {
        if (failure !== undefined) host.printError(notKnown("quotas", accountRegion, failure));
        endWhenTried();
      },
      ownersLookedUp(accountRegion, failure) {
        if (failure !== undefined) host.printError(notKnown("owners", accountRegion, failure));
        endWhenTried();
      },
    },
    attempted: () => undefined,
  });
  manager.board.setOrganization(organization);
  const hideProgress = showProgress(host, () => progressOf(manager));
  try {
    manager.start();
    // There may be no account.
    endWhenTried();
    await done;
  } finally {
    hideProgress();
    stopWaiting?.();
    manager.close();
  }
  manager.board.settleShares();
  return manager;
}

function progressOf({ board }: PollManager): string {
  const workgroups = board.workgroups();
  const polled = workgroups.filter(({ polls }) => polls > 0).length;
  const accountRegions = board.accountRegions();
  const discovered = accountRegions.filter(({ up, failure }) => up || failure !== undefined).length;
  const discovery =
    discovered === accountRegions.length
      ? ""
      : `; ${discovered} of ${accountRegions.length} accounts and regions discovered`;
  return `polled ${polled} of ${workgroups.length} workgroups${discovery}`;
}

/** One line for the organization, each account and region, and each workgroup, that could not be read. */
export function failuresOf({ board }: PollManager): string[] {
  const failure = board.organization()?.failure;
  const organization = failure === undefined ? [] : [`organization: ${failure.reason}: ${failure.message}`];
  const accountRegions = board
    .accountRegions()
    .flatMap(({ accountId, region, failure }) =>
      failure === undefined ? [] : [`${place(accountId, region)}: ${failure.reason}: ${failure.message}`],
    );
  const workgroups = board
    .workgroups()
    .flatMap(({ accountId, region, workgroup, failure }) =>
      failure === undefined
        ? []
        : [`${place(accountId, region)} ${workgroup}: ${failure.reason}: ${failure.message}`],
    );
  return [...organization, ...accountRegions, ...workgroups];
}

/** What is not known of an account and region fails no command, as it fails no poll. */
function notKnown(what: string, { accountId, region }: AccountRegion, { reason, message }: Failure): string {
  return `${place(accountId, region)}: ${what} are not known: ${reason}: ${message}\n`;
}

function place(accountId: string, region: string): string {
  return accountId === "" ? region : `${accountId} ${region}`;
}
