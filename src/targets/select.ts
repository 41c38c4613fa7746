import { isSpark } from "./spark.ts";
import type { Region, Target } from "./target.ts";

interface Listed {
  readonly name: string;
  readonly engineVersion: string;
}

/**
 * The targets of an account's region, of all the workgroups that it lists: those configured, listed or not, or else every
 * one that is Spark or may be, passes the filters and has not turned out to be none (`notSpark`, names).
 */
export function selectTargets(
  region: Region,
  listed: readonly Listed[],
  notSpark: ReadonlySet<string>,
): Target[] {
  const engines = new Map(listed.map(({ name, engineVersion }) => [name, engineVersion]));
  const names = region.workgroups ?? [...engines.keys()].filter((name) => isWanted(region, name));
  return names
    .filter((name) => region.workgroups !== undefined || mayBeSpark(name, engines, notSpark))
    .map((workgroup) => ({
      key: `${region.key}|${workgroup}`,
      workgroup,
      engineVersion: engines.get(workgroup) ?? "",
    }));
}

function isWanted({ include, exclude }: Region, name: string): boolean {
  const isIncluded = include.length === 0 || include.some((pattern) => pattern.test(name));
  return isIncluded && !exclude.some((pattern) => pattern.test(name));
}

function mayBeSpark(
  name: string,
  engines: ReadonlyMap<string, string>,
  notSpark: ReadonlySet<string>,
): boolean {
  return isSpark(engines.get(name) ?? "") ?? !notSpark.has(name);
}
