import { WHOLE } from "../config/shard.ts";
import { tagLabel } from "../config/tag.ts";
import { isOwn } from "./shard.ts";
import { isSpark } from "./spark.ts";
import type { Region, Selection, Target } from "./account-region.ts";

interface Listed {
  readonly name: string;
  readonly engineVersion: string;
}

type Tags = ReadonlyMap<string, string>;

/** What AWS told of an account's region. */
export interface Known {
  /** Empty while it is not known. */
  readonly accountId: string;
  readonly listed: readonly Listed[];
  /** Names of workgroups that do not tell their engine and turned out not to be Spark. */
  readonly notSpark: ReadonlySet<string>;
  /** Undefined while they were never read. */
  readonly tagsOf: (workgroup: string) => Tags | undefined;
}

/** Names of workgroups that are polled whatever a listing says, because the configuration names them. */
export function namedWorkgroups({ selections }: Region): string[] {
  return selections.flatMap(({ workgroups }) => workgroups ?? []);
}

/** Whether polling needs to know which workgroups there are. */
export function needsDiscovery({ selections }: Region): boolean {
  return selections.some(({ workgroups }) => workgroups === undefined);
}

/** Whether anything hangs on the tags of workgroups. */
export function needsTags({ selections }: Region): boolean {
  return selections.some(usesTags);
}

/**
 * The targets of an account's region, of all the workgroups that it lists: those that are named, listed or not, and every
 * one that is Spark or may be and passes the filters. Of these, the shard's own.
 */
export function selectTargets(region: Region, known: Known): Target[] {
  const engines = new Map(known.listed.map(({ name, engineVersion }) => [name, engineVersion]));
  const named = namedWorkgroups(region).filter((name) => isOfShard(region, known, name));
  const discovered = candidates(region, known).filter((name) =>
    region.selections.some((selection) => isWanted(selection, name, known)),
  );
  return [...new Set([...named, ...discovered])].map((workgroup) => ({
    key: keyOf(region, known, workgroup),
    workgroup,
    engineVersion: engines.get(workgroup) ?? "",
    ...tagLabels(region, known, workgroup),
  }));
}

/** Names of the workgroups whose tags matter. */
export function taggedWorkgroups(region: Region, known: Known): string[] {
  const selections = region.selections.filter(usesTags);
  if (selections.length === 0) return [];
  return candidates(region, known).filter((name) =>
    selections.some((selection) => isWantedByName(selection, name)),
  );
}

/** Those of the shard that are Spark or may be. */
function candidates(region: Region, known: Known): string[] {
  return known.listed
    .filter(({ name, engineVersion }) => isSpark(engineVersion) ?? !known.notSpark.has(name))
    .map(({ name }) => name)
    .filter((name) => isOfShard(region, known, name));
}

function keyOf({ region }: Region, { accountId }: Known, workgroup: string): string {
  return `${accountId}|${region}|${workgroup}`;
}

/** Nobody knows which of several shards a workgroup belongs to before the account is known. */
function isOfShard(region: Region, known: Known, workgroup: string): boolean {
  const { shard = WHOLE } = region;
  return shard.total === 1 || (known.accountId !== "" && isOwn(keyOf(region, known, workgroup), shard));
}

function usesTags({ tags, tagLabels = [] }: Selection): boolean {
  return tags !== undefined || tagLabels.length > 0;
}

function isWanted(selection: Selection, name: string, { tagsOf }: Known): boolean {
  const tags = Object.entries(selection.tags ?? {});
  return isWantedByName(selection, name) && tags.every(([key, value]) => tagsOf(name)?.get(key) === value);
}

function isWantedByName({ workgroups, include, exclude }: Selection, name: string): boolean {
  const isIncluded = include.length === 0 || include.some((pattern) => pattern.test(name));
  return workgroups === undefined && isIncluded && !exclude.some((pattern) => pattern.test(name));
}

function tagLabels(region: Region, known: Known, name: string): Pick<Target, "tagLabels"> {
  const keys = region.selections
    .filter((selection) => isWanted(selection, name, known))
    .flatMap((selection) => selection.tagLabels ?? []);
  if (keys.length === 0) return {};
  const tags = known.tagsOf(name);
  return { tagLabels: Object.fromEntries(keys.map((key) => [tagLabel(key), tags?.get(key) ?? ""])) };
}
