import type { ConfigFile, ThresholdEntry } from "./file/config-file.ts";
import { tagLabel } from "./values/workgroup.ts";

/** What a session can exceed: a time in the state of that name, or its age. */
export const THRESHOLD_NAMES = ["degraded", "creating", "terminating", "idle", "busy", "age"] as const;

export type ThresholdName = (typeof THRESHOLD_NAMES)[number];

/** From when on sessions of a workgroup need action, in seconds. */
export type SessionThresholds = Readonly<Record<ThresholdName, number>>;

/** From when on sessions and costs of a workgroup need action. */
export interface Thresholds {
  readonly seconds: SessionThresholds;
  /** What its idle sessions may cost within a day, in US dollars. */
  readonly idleUsdPerDay: number;
}

/** Other thresholds for the workgroups that match. */
interface ThresholdOverride {
  /** Absent: any name. */
  readonly match?: RegExp;
  /** Values by the labels of the tags; a workgroup must have all of them. */
  readonly tagLabels: Readonly<Record<string, string>>;
  readonly thresholds: Thresholds;
}

/** The thresholds, one set for everything that compares with them. */
export interface ThresholdConfig extends Thresholds {
  /** The share of a DPU quota from which it is nearly used up, from 0.01 to 1. */
  readonly quotaRatio: number;
  /** The first that matches a workgroup applies. */
  readonly overrides: readonly ThresholdOverride[];
}

/** What decides which thresholds a workgroup has. */
interface MatchedWorkgroup {
  readonly workgroup: string;
  readonly tagLabels?: Readonly<Record<string, string>>;
}

/** The thresholds of a workgroup. */
export function thresholdsOf(
  config: ThresholdConfig,
  { workgroup, tagLabels }: MatchedWorkgroup,
): Thresholds {
  const override = config.overrides.find(
    ({ match, tagLabels: wanted }) =>
      (match === undefined || match.test(workgroup)) &&
      Object.entries(wanted).every(([label, value]) => tagLabels?.[label] === value),
  );
  return override?.thresholds ?? config;
}

/** The `thresholds` of the file, whose times are in milliseconds. */
export function toThresholdConfig(file: ConfigFile["thresholds"]): ThresholdConfig {
  const toThresholds = (entry: Partial<ThresholdEntry>): Thresholds => ({
    seconds: Object.fromEntries(
      THRESHOLD_NAMES.map((name) => [name, (entry[name] ?? file[name]) / 1_000]),
    ) as SessionThresholds,
    idleUsdPerDay: entry.idle_cost_usd_per_day ?? file.idle_cost_usd_per_day,
  });
  return {
    ...toThresholds({}),
    quotaRatio: file.quota,
    overrides: (file.workgroups ?? []).map((entry) => ({
      ...(entry.match !== undefined && { match: entry.match }),
      tagLabels: Object.fromEntries(
        Object.entries(entry.tags ?? {}).map(([key, value]) => [tagLabel(key), value]),
      ),
      thresholds: toThresholds(entry),
    })),
  };
}
