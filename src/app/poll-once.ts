import type { Config } from "../config/config.ts";
import type { Region } from "../targets/account-region.ts";
import type { Host } from "./host.ts";
import { Watch } from "./poll-manager.ts";

/** Discovers and polls everything once; resolves to the board when every workgroup was tried. */
export async function pollOnce(
  config: Config,
  regions: readonly Region[],
  host: Host,
): Promise<Watch["board"]> {
  const ending = new AbortController();
  const done = new Promise<void>((resolve, reject) => {
    ending.signal.addEventListener("abort", () => resolve(), { once: true });
    host.onStop((signal) => {
      reject(new Error(`stopped by ${signal} before every workgroup was polled`));
      ending.abort();
    });
  });
  const endWhenTried = () => {
    if (watch.board.wasAllTried()) ending.abort();
  };
  const watch = new Watch(config, regions, {
    clock: host.clock,
    random: host.random,
    signal: ending.signal,
    isOneShot: true,
    listener: { discovered: endWhenTried, polled: endWhenTried, skipped: () => undefined },
    attempted: () => undefined,
  });
  watch.start();
  await done;
  watch.close();
  return watch.board;
}

/** One line for each account's region and workgroup that could not be read. */
export function failuresOf(board: Watch["board"]): string[] {
  const accounts = board
    .accounts()
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
  return [...accounts, ...workgroups];
}

function place(accountId: string, region: string): string {
  return accountId === "" ? region : `${accountId} ${region}`;
}
