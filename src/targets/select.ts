import type { AccountConfig } from "../config/config.ts";
import { tagLabel } from "../config/values/workgroup.ts";
import type { AccountRegion, Target } from "./account-region.ts";
import { isOfShard } from "./shard.ts";

/** What is known of the workgroups of an account and region. */
export interface KnownWorkgroups {
  /** Empty while it is not known. */
  readonly accountId: string;
  readonly listed: readonly { readonly name: string; readonly engineVersion: string }[];
  /** Names of workgroups of an unknown engine that turned out not to run Spark. */
  readonly notSpark: ReadonlySet<string>;
  /** Undefined while they were never read. */
  readonly tagsOf: (workgroup: string) => ReadonlyMap<string, string> | undefined;
  /** Names of the workgroups that are polled now: they stay until their tags are read. */
  readonly polled: ReadonlySet<string>;
}

/**
 * Whether a workgroup runs Spark, by its engine version: "PySpark engine version 3" or "Apache Spark version 3.5"; SQL ones
 * have "Athena engine version 3". Undefined where it is absent or AUTO: then only ListSessions shows it.
 */
export function isSpark(engineVersion: string): boolean | undefined {
  if (/spark/i.test(engineVersion)) return true;
  return engineVersion === "" || engineVersion === "AUTO" ? undefined : false;
}

/** Names of workgroups that are polled whether they are listed or not, because the configuration names them. */
export function namedWorkgroups({ accounts }: AccountRegion): string[] {
  return accounts.flatMap(({ workgroups }) => workgroups ?? []);
}

/** Whether polling needs to know which workgroups exist. */
export function needsDiscovery({ accounts }: AccountRegion): boolean {
  return accounts.some(({ workgroups }) => workgroups === undefined);
}

/** Whether the configuration filters or labels by tags. */
export function needsTags({ accounts }: AccountRegion): boolean {
  return accounts.some(usesTags);
}

/**
 * The targets of an account and region: the workgroups that are named, and every listed one that runs Spark, or may, and passes the
 * filters. Of these, the shard's own.
 */
export function selectTargets(accountRegion: AccountRegion, known: KnownWorkgroups): Target[] {
  const engines = new Map(known.listed.map(({ name, engineVersion }) => [name, engineVersion]));
  const named = namedWorkgroups(accountRegion).filter((name) => isOwn(accountRegion, known, name));
  const discovered = candidates(accountRegion, known).filter((name) =>
    accountRegion.accounts.some((account) => isSelected(account, name, known)),
  );
  return [...new Set([...named, ...discovered])].map((workgroup) => ({
    key: keyOf(accountRegion, known, workgroup),
    workgroup,
    engineVersion: engines.get(workgroup) ?? "",
    ...tagLabels(accountRegion, known, workgroup),
  }));
}

/** Names of the workgroups whose tags have to be read. */
export function taggedWorkgroups(accountRegion: AccountRegion, known: KnownWorkgroups): string[] {
  const accounts = accountRegion.accounts.filter(usesTags);
  if (accounts.length === 0) return [];
  return candidates(accountRegion, known).filter((name) =>
    accounts.some((account) => isSelectedByName(account, name)),
  );
}

/** Those of the shard that run Spark, or may. */
function candidates(accountRegion: AccountRegion, known: KnownWorkgroups): string[] {
  return known.listed
    .filter(({ name, engineVersion }) => isSpark(engineVersion) ?? !known.notSpark.has(name))
    .map(({ name }) => name)
    .filter((name) => isOwn(accountRegion, known, name));
}

function keyOf({ region }: AccountRegion, { accountId }: KnownWorkgroups, workgroup: string): string {
  return `${accountId}|${region}|${workgroup}`;
}

/** While the account is unknown, no shard can tell which workgroups are its own. */
function isOwn(accountRegion: AccountRegion, known: KnownWorkgroups, workgroup: string): boolean {
  const { shard } = accountRegion;
  if (shard.total === 1) return true;
  return known.accountId !== "" && isOfShard(keyOf(accountRegion, known, workgroup), shard);
}

function usesTags({ discovery: { tags, tagLabels } }: AccountConfig): boolean {
  return Object.keys(tags).length > 0 || tagLabels.length > 0;
}

function isSelected(account: AccountConfig, name: string, { tagsOf, polled }: KnownWorkgroups): boolean {
  const wanted = Object.entries(account.discovery.tags);
  if (!isSelectedByName(account, name)) return false;
  const tags = tagsOf(name);
  if (tags === undefined && wanted.length > 0) return polled.has(name);
  return wanted.every(([key, value]) => tags?.get(key) === value);
}

function isSelectedByName({ workgroups, discovery }: AccountConfig, name: string): boolean {
  const { include, exclude } = discovery;
  const isIncluded = include.length === 0 || include.some((pattern) => pattern.test(name));
  return workgroups === undefined && isIncluded && !exclude.some((pattern) => pattern.test(name));
}

function tagLabels(
  { accounts }: AccountRegion,
  known: KnownWorkgroups,
  name: string,
): Pick<Target, "tagLabels"> {
  const keys = accounts
    .filter((account) => isSelected(account, name, known))
    .flatMap(({ discovery }) => discovery.tagLabels);
  if (keys.length === 0) return {};
  const tags = known.tagsOf(name);
  return { tagLabels: Object.fromEntries(keys.map((key) => [tagLabel(key), tags?.get(key) ?? ""])) };
}
