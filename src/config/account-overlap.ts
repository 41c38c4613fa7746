import { accountOfRole, isInManyAccounts, roleInAccount } from "./aws-name.ts";
import type { Fault } from "./fault.ts";
import { quoted } from "./problem.ts";

/** The members of a file's account that say whom it polls. */
export interface AccountScope {
  readonly name?: string | undefined;
  readonly role_arn?: string | undefined;
  readonly account_ids?: Readonly<Record<string, string>> | undefined;
  readonly external_id?: string | undefined;
  readonly regions?: readonly string[] | undefined;
  readonly workgroups?: readonly string[] | undefined;
  readonly discovery?:
    | {
        readonly include: readonly RegExp[];
        readonly exclude: readonly RegExp[];
        readonly tags?: Readonly<Record<string, string>> | undefined;
      }
    | undefined;
}

/** Regions of all accounts; each has connections and limits of its own. */
const MAX_REGIONS = 2_000;

/** One region of one entry of `accounts`. */
interface RegionScope {
  readonly account: AccountScope;
  readonly index: number;
  readonly region: string;
  readonly regionIndex: number;
  /** Empty for the process' own credentials. */
  readonly role: string;
  /** Whose workgroups these are, for people. */
  readonly owner: string;
}

/**
 * Entries of `accounts` that get into each other's way: workgroups that two would poll, whose series would be there twice, and
 * an account's region that two would read by roles of their own, as its limits and its health are one.
 */
export function overlapFaults(accounts: readonly (AccountScope | undefined)[]): Fault[] {
  const scopes = accounts.flatMap((account, index) =>
    account === undefined ? [] : regionScopes(account, index),
  );
  if (scopes.length > MAX_REGIONS) {
    const message = `expected at most ${MAX_REGIONS} regions of accounts in all, got ${scopes.length}; use several exporters`;
    return [{ path: [], message }];
  }
  const earlier = new Map<string, RegionScope[]>();
  return scopes.flatMap((scope) => {
    const key = `${scope.owner} ${scope.region}`;
    const rivals = earlier.get(key) ?? [];
    earlier.set(key, [...rivals, scope]);
    return firstOverlap(scope, rivals);
  });
}

function regionScopes(account: AccountScope, index: number): RegionScope[] {
  return (account.regions ?? []).flatMap((region, regionIndex) =>
    rolesOf(account).map((role) => ({
      account,
      index,
      region,
      regionIndex,
      role,
      owner: accountOfRole(role) ?? "the process' own account",
    })),
  );
}

/** The roles that an entry stands for, in an account each; an empty one is the process' own credentials. */
function rolesOf({ role_arn: role = "", account_ids: ids = {} }: AccountScope): string[] {
  return isInManyAccounts(role) ? Object.values(ids).map((id) => roleInAccount(role, id)) : [role];
}

function firstOverlap(scope: RegionScope, rivals: readonly RegionScope[]): Fault[] {
  for (const rival of rivals) {
    if (rival.role !== scope.role) {
      const message = `accounts[${rival.index}] reads ${scope.owner} in ${scope.region} with another role; use one role for both`;
      return [{ path: [scope.index, "regions", scope.regionIndex], message }];
    }
    const shared = sharedByBoth(scope.account, rival.account);
    if (shared !== undefined && rival.index !== scope.index) {
      const message = `accounts[${rival.index}] already polls ${shared} of ${scope.owner} in ${scope.region}; remove one`;
      return [{ path: [scope.index, "regions", scope.regionIndex], message }];
    }
  }
  return [];
}

/** What both would poll, in words; undefined where nothing is, or where only AWS can tell. */
function sharedByBoth(a: AccountScope, b: AccountScope): string | undefined {
  const named = a.workgroups ?? b.workgroups;
  if (named !== undefined) {
    const shared = named.find((workgroup) => takes(a, workgroup) && takes(b, workgroup));
    return shared === undefined ? undefined : `the workgroup ${quoted(shared)}`;
  }
  const [filtersOfA, filtersOfB] = [filtersOf(a), filtersOf(b)];
  const areSurelyShared = filtersOfA === filtersOfB || filtersOfA === "" || filtersOfB === "";
  return areSurelyShared ? "discovered workgroups" : undefined;
}

/** The filters as one text, empty where there are none. */
function filtersOf({ discovery }: AccountScope): string {
  const { include, exclude, tags } = { include: [], exclude: [], tags: {}, ...discovery };
  const filters = [
    include,
    exclude,
    Object.entries(tags ?? {})
      .map(String)
      .sort(),
  ];
  return filters.every(({ length }) => length === 0) ? "" : filters.map((one) => one.join("\n")).join("\n\n");
}

function takes({ workgroups, discovery }: AccountScope, name: string): boolean {
  if (workgroups !== undefined) {
    return workgroups.includes(name);
  }
  // Only AWS can tell what has the tags; what both take is polled once all the same.
  if (discovery?.tags !== undefined) {
    return false;
  }
  const include = discovery?.include ?? [];
  const isExcluded = (discovery?.exclude ?? []).some((pattern) => pattern.test(name));
  return !isExcluded && (include.length === 0 || include.some((pattern) => pattern.test(name)));
}
