import { accountOfRole, isInManyAccounts, roleInAccount } from "../values/arn.ts";
import { quoted } from "../problem.ts";
import type { Path, ValueProblem } from "../values/value.ts";
import type { AccountEntry } from "./config-file.ts";

/** Regions of all accounts; each has connections and limits of its own. */
export const MAX_REGIONS = 2_000;

/** One region of one account that an entry of `accounts` polls. */
interface EntryRegion {
  readonly entry: AccountEntry;
  readonly index: number;
  /** Empty for the process' own credentials. */
  readonly role: string;
  /** The same for regions that are one. */
  readonly key: string;
  /** The account and the region, for people. */
  readonly words: string;
  readonly path: Path;
}

/**
 * Entries of `accounts` that conflict: workgroups that two would poll, whose series would be there twice, and a region of an
 * account that two would read with different credentials, as its limits and its health are one.
 * @param entries those that are wrong in themselves are undefined
 * @param defaultRegion the region of entries that name none, where it is known
 */
export function findOverlaps(
  entries: readonly (AccountEntry | undefined)[],
  defaultRegion: string | undefined,
): ValueProblem[] {
  const count = entries.reduce((sum, entry) => sum + (entry === undefined ? 0 : countRegions(entry)), 0);
  if (count > MAX_REGIONS) {
    const message = `expected at most ${MAX_REGIONS} regions of accounts in all, got ${count}; use several exporters`;
    return [{ path: [], message }];
  }
  const earlier = new Map<string, EntryRegion[]>();
  return entries
    .flatMap((entry, index) => (entry === undefined ? [] : regionsOf(entry, index, defaultRegion)))
    .flatMap((region) => {
      const rivals = earlier.get(region.key) ?? [];
      earlier.set(region.key, [...rivals, region]);
      return rivals.flatMap((rival) => conflictOf(region, rival) ?? []).slice(0, 1);
    });
}

function countRegions({ account_ids: ids = { own: "" }, regions = [""] }: AccountEntry): number {
  return Object.keys(ids).length * regions.length;
}

function regionsOf(entry: AccountEntry, index: number, defaultRegion: string | undefined): EntryRegion[] {
  const named = entry.regions?.map((region, regionIndex) => ({
    region,
    inWords: region,
    path: [index, "regions", regionIndex],
  }));
  const unnamed = { region: defaultRegion ?? "", inWords: "the default region", path: [index] };
  return (named ?? [unnamed]).flatMap(({ region, inWords, path }) =>
    rolesOf(entry).map((role) => {
      const account = accountOfRole(role) ?? "the process' own account";
      return { entry, index, role, key: `${account} ${region}`, words: `${account} in ${inWords}`, path };
    }),
  );
}

/** The roles that an entry stands for, in an account each; an empty one is the process' own credentials. */
function rolesOf({ role_arn: role = "", account_ids: ids = {} }: AccountEntry): string[] {
  return isInManyAccounts(role) ? Object.values(ids).map((id) => roleInAccount(role, id)) : [role];
}

function conflictOf(region: EntryRegion, rival: EntryRegion): ValueProblem | undefined {
  const { path, words } = region;
  const other = `accounts[${rival.index}]`;
  if (rival.role !== region.role) {
    return { path, message: `${other} reads ${words} with another role; use one role for both` };
  }
  if (rival.entry.external_id !== region.entry.external_id) {
    const message = `${other} reads ${words} by the same role with another external_id, or without one; use the same for both`;
    return { path: [region.index, "external_id"], message };
  }
  const shared = sharedWorkgroups(region.entry, rival.entry);
  return shared === undefined
    ? undefined
    : { path, message: `${other} already polls ${shared} of ${words}; remove one` };
}

/** What both would poll, in words; undefined where nothing is, or where only AWS can tell. */
function sharedWorkgroups(a: AccountEntry, b: AccountEntry): string | undefined {
  const named = a.workgroups ?? b.workgroups;
  if (named !== undefined) {
    const shared = named.find((name) => selects(a, name) && selects(b, name));
    return shared === undefined ? undefined : `the workgroup ${quoted(shared)}`;
  }
  const [filtersOfA, filtersOfB] = [filtersOf(a), filtersOf(b)];
  const areSurelyShared = filtersOfA === filtersOfB || filtersOfA === "" || filtersOfB === "";
  return areSurelyShared ? "discovered workgroups" : undefined;
}

/** The filters as one text, empty where there are none. */
function filtersOf({ discovery }: AccountEntry): string {
  const { include = [], exclude = [], tags = {} } = discovery ?? {};
  const filters = [include, exclude, Object.entries(tags).map(String).toSorted()];
  return filters.every(({ length }) => length === 0) ? "" : filters.map((one) => one.join("\n")).join("\n\n");
}

function selects({ workgroups, discovery }: AccountEntry, name: string): boolean {
  if (workgroups !== undefined) return workgroups.includes(name);
  const { include = [], exclude = [], tags } = discovery ?? {};
  // Only AWS knows what has the tags; what both select is polled once all the same.
  if (tags !== undefined) return false;
  const isIncluded = include.length === 0 || include.some((pattern) => pattern.test(name));
  return isIncluded && !exclude.some((pattern) => pattern.test(name));
}
