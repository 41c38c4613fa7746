import { fileSchema } from "../src/config/file/schema.ts";
import { toThresholdConfig } from "../src/config/thresholds.ts";

/** The thresholds of a configuration that says nothing about them. */
export const DEFAULT_THRESHOLDS = toThresholdConfig(fileSchema.parse({}).thresholds);
