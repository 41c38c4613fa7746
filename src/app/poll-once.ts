import type { Config } from "../config/config.ts";
import type { AccountRegion } from "../targets/account-region.ts";
import { EXIT, type Host } from "./host.ts";
import { PollManager } from "./poll-manager.ts";

/** Discovers and polls everything once; resolves when every workgroup was tried. */
export async function pollOnce(
  config: Config,
  accountRegions: readonly AccountRegion[],
  host: Host,
): Promise<PollManager> {
  const ending = new AbortController();
  const done = new Promise<void>((resolve, reject) => {
    ending.signal.addEventListener("abort", () => resolve(), { once: true });
    host.onStop((signal) => {
      reject(new Error(`stopped by ${signal} before every workgroup was polled`));
      ending.abort();
    }, EXIT.failed);
  });
  const endWhenTried = () => {
    if (manager.board.wasAllTried()) ending.abort();
  };
  const manager = new PollManager(config, accountRegions, {
    clock: host.clock,
    random: host.random,
    signal: ending.signal,
    isOneShot: true,
    listener: {
      configured: () => undefined,
      discovered: endWhenTried,
      polled: endWhenTried,
      skipped: () => undefined,
    },
    attempted: () => undefined,
  });
  manager.start();
  await done;
  manager.close();
  manager.board.settleShares();
  return manager;
}

/** One line for each account and region, and each workgroup, that could not be read. */
export function failuresOf({ board }: PollManager): string[] {
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
  return [...accountRegions, ...workgroups];
}

function place(accountId: string, region: string): string {
  return accountId === "" ? region : `${accountId} ${region}`;
}
