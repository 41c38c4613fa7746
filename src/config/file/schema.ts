import type { z } from "zod";
import {
  ACCOUNT_CHECKS,
  FILE_CHECKS,
  ORGANIZATION_CHECKS,
  POLL_CHECKS,
  SESSION_CHECKS,
  THRESHOLD_CHECKS,
} from "./checks.ts";
import { CONFIG_ROWS, type AccountEntry, type ConfigFile } from "./config-file.ts";
import { sectionSchema, type SectionChecks } from "./section-schema.ts";

const CHECKS: SectionChecks = {
  "": FILE_CHECKS,
  poll: POLL_CHECKS,
  "accounts[]": ACCOUNT_CHECKS,
  organization: ORGANIZATION_CHECKS,
  sessions: SESSION_CHECKS,
  "thresholds.workgroups[]": THRESHOLD_CHECKS,
};

// The schemas are made of the same rows as their types, which a type cannot show of a loop over them.

/** The configuration file. */
export const fileSchema = sectionSchema(CONFIG_ROWS, CHECKS, "") as z.ZodType<ConfigFile>;
/** One entry of `accounts`. */
export const accountSchema = sectionSchema(CONFIG_ROWS, CHECKS, "accounts[]") as z.ZodType<AccountEntry>;
/** How workgroups are discovered where the file says nothing about it. */
export const DEFAULT_DISCOVERY = sectionSchema(CONFIG_ROWS, CHECKS, "accounts[].discovery").parse(
  {},
) as NonNullable<AccountEntry["discovery"]>;
