import type { z } from "zod";
import type { Command } from "./command.ts";

/** What both kinds of row have. */
interface Described {
  /** As the file would have it. */
  readonly default?: string | number | boolean | readonly string[];
  readonly help: string;
}

/** A flag of the command line, which is an environment variable too unless it is an action. */
export interface FlagSetting extends Described {
  /** Without the dashes. Two rows may share a name if no command accepts both. */
  readonly flag: string;
  /** The key of the file that the flag beats. */
  readonly key?: string;
  readonly kind: z.ZodType;
  /** Those that accept it; absent: every one. */
  readonly commands?: readonly Command[];
  /** Those that it matters to: their help shows it. Absent: all that accept it. */
  readonly shownBy?: readonly Command[];
  /** Something to do in place of the command, and no setting: it has no variable. */
  readonly isAction?: true;
}

/** A key of the configuration file. */
export interface KeySetting extends Described {
  /** With `[]` for the items of a list: `accounts[].discovery.include`. */
  readonly key: string;
  readonly kind: z.ZodType | SectionKind;
}

/**
 * A mapping of keys that have rows of their own, or a list of such mappings. Only the first is there, with the defaults of its
 * keys, where the file leaves it out.
 */
export type SectionKind = "section" | "optional section" | "section list";
