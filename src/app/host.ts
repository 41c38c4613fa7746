import type { Clock } from "../clock.ts";

/** The terminal that stdout is. */
interface Terminal {
  /** The width of a line; it may change. */
  readonly columns: () => number;
  /** False also where the user wants no colours, as NO_COLOR says. */
  readonly hasColors: boolean;
}

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
  /** Whether what is written to stdout is lost, as its reader has gone away. */
  readonly isStdoutClosed?: () => boolean;
  /** Writes to stderr, for user errors. */
  readonly printError: (text: string) => void;
  /** Whether stderr is a terminal. */
  readonly isTerminal: boolean;
  /** Absent where stdout is no terminal. */
  readonly terminal?: Terminal;
  /** Calls `reload` at each signal to reload the configuration. */
  readonly onReload: (reload: () => void) => void;
  /** Calls `stop` at each signal to stop. A process that has not ended soon after exits with `lateExitCode`. */
  readonly onStop: (stop: (signal: string) => void, lateExitCode: ExitCode) => void;
}

export const EXIT = { done: 0, failed: 1, usage: 2 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
