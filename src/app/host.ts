import type { Clock } from "../clock.ts";

/** The process and machine that a command runs in. */
export interface Host {
  readonly environment: NodeJS.ProcessEnv;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  /** A file's text; rejects with the system's error. */
  readonly readFile: (path: string) => Promise<string>;
  /** A file's permission bits; rejects with the system's error. */
  readonly readMode: (path: string) => Promise<number>;
  /** Writes to stdout; resolves when it was written. */
  readonly print: (text: string) => Promise<void>;
  /** Writes to stderr, for user errors. */
  readonly printError: (text: string) => void;
  readonly isTerminal: boolean;
  /** Calls `reload` at each signal to reload the configuration. */
  readonly onReload: (reload: () => void) => void;
  /** Calls `stop` at each signal to stop. A process that has not ended soon after exits with `lateExitCode`. */
  readonly onStop: (stop: (signal: string) => void, lateExitCode: ExitCode) => void;
}

export const EXIT = { done: 0, failed: 1, usage: 2 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
