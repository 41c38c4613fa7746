import type { AccountRegion } from "./account-region.ts";

/**
 * Gives each account and region of a changed configuration the key that it has now, so that a reload keeps what is known of it.
 * Another role of the same account is the same account, and so is the process' own account with or without a role. Those that are new get keys
 * that none has now.
 * @param current with the id of the process' own account, where it is known
 * @param ownAccountId of the process' own account when its id was last known, or empty
 */
export function keepKeys(
  changed: readonly AccountRegion[],
  current: readonly AccountRegion[],
  ownAccountId = "",
): AccountRegion[] {
  const left = new Set(current);
  const keys = new Map<AccountRegion, string>();
  const match = (isSame: (now: AccountRegion, next: AccountRegion) => boolean) => {
    for (const next of changed) {
      if (keys.has(next)) continue;
      const now = [...left].find((one) => one.region === next.region && isSame(one, next));
      if (now === undefined) continue;
      left.delete(now);
      keys.set(next, now.key);
    }
  };
  match((now, next) => !isOwn(now) && !isOwn(next) && now.accountId === next.accountId);
  // Where a role and the own credentials read the same account, it is the role's that has the series.
  match((now, next) => !isOwn(now) && isOwn(next) && now.accountId === ownAccountId);
  match((now, next) => isOwn(now) && isOwn(next));
  match((now, next) => isOwn(now) && now.accountId === next.accountId);
  // While the id of the own account is not known: if it turns out to be another one, its discovery drops what was kept.
  const isOwnUnknown = ownAccountId === "";
  match(
    (now, next) =>
      isOwnUnknown && isOwn(next) && [...left].filter(({ region }) => region === now.region).length === 1,
  );
  const taken = new Set(current.map(({ key }) => key));
  return changed.map((next) => ({ ...next, key: keys.get(next) ?? freeKey(next.key, taken) }));
}

function isOwn({ role }: AccountRegion): boolean {
  return role === undefined;
}

/** Keys are of use inside the process only; any that is not taken will do. */
function freeKey(key: string, taken: ReadonlySet<string>): string {
  return taken.has(key) ? freeKey(`${key}|`, taken) : key;
}
