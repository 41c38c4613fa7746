import type { KeySetting } from "../setting.ts";
import { SETTINGS } from "../settings.ts";
import { describeKeys, type Section } from "./section.ts";

type KeyRow = Extract<(typeof SETTINGS)[number], { key: string }>;

/** A valid configuration file: keys as users write them, durations in milliseconds. */
export type ConfigFile = Section<KeyRow, "">;
/** A valid entry of `accounts`. */
export type AccountEntry = Section<KeyRow, "accounts[]">;
/** A valid `organization`. */
export type OrganizationEntry = Section<KeyRow, "organization">;
/** A valid entry of `thresholds.workgroups`. */
export type ThresholdEntry = Section<KeyRow, "thresholds.workgroups[]">;

/** The rows of the configuration file's keys. */
export const CONFIG_ROWS: readonly KeySetting[] = SETTINGS.filter((row) => "key" in row);

/** Every key of the file, in the order in which documents show them. */
export const CONFIG_KEYS = describeKeys(CONFIG_ROWS);
