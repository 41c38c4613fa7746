import { WHOLE } from "../config/shard.ts";
import { isOwn } from "./shard.ts";
import { isSpark } from "./spark.ts";
import type { Region, Selection, Target } from "./target.ts";

interface Listed {
  readonly name: string;
  readonly engineVersion: string;
}

/** Names of workgroups that are polled whatever a listing says, because the configuration names them. */
export function namedWorkgroups({ selections }: Region): string[] {
  return selections.flatMap(({ workgroups }) => workgroups ?? []);
}

/** Whether polling needs to know which workgroups there are. */
export function needsDiscovery({ selections }: Region): boolean {
  return selections.some(({ workgroups }) => workgroups === undefined);
}

/** What AWS told of an account's region. */
export interface Known {
  /** Empty while it is not known. */
  readonly accountId: string;
  readonly listed: readonly Listed[];
  /** Names of workgroups that do not tell their engine and turned out not to be Spark. */
  readonly notSpark: ReadonlySet<string>;
}

/**
 * The targets of an account's region, of all the workgroups that it lists: those that are named, listed or not, and every
 * one that is Spark or may be and passes the filters. Of these, the shard's own.
 */
export function selectTargets(region: Region, { accountId, listed, notSpark }: Known): Target[] {
  const engines = new Map(listed.map(({ name, engineVersion }) => [name, engineVersion]));
  const discovered = [...engines]
    .filter(([name, engineVersion]) => isSpark(engineVersion) ?? !notSpark.has(name))
    .filter(([name]) => region.selections.some((selection) => isWanted(selection, name)))
    .map(([name]) => name);
  return [...new Set([...namedWorkgroups(region), ...discovered])]
    .map((workgroup) => ({
      key: `${accountId}|${region.region}|${workgroup}`,
      workgroup,
      engineVersion: engines.get(workgroup) ?? "",
    }))
    .filter(({ key }) => isOwnTarget(region, accountId, key));
}

/** Nobody knows which of several shards a workgroup belongs to before the account is known. */
function isOwnTarget({ shard = WHOLE }: Region, accountId: string, key: string): boolean {
  return shard.total === 1 || (accountId !== "" && isOwn(key, shard));
}

function isWanted({ workgroups, include, exclude }: Selection, name: string): boolean {
  const isIncluded = include.length === 0 || include.some((pattern) => pattern.test(name));
  return workgroups === undefined && isIncluded && !exclude.some((pattern) => pattern.test(name));
}
