import type { Clock } from "../clock.ts";

/** What a command may touch of the process, and of the machine, that it runs in. */
export interface Host {
  readonly environment: NodeJS.ProcessEnv;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  /** A file's text; rejects with the system's error. */
  readonly readFile: (path: string) => Promise<string>;
  /** Writes to stdout; resolves when it was taken. */
  readonly print: (text: string) => Promise<void>;
  /** Writes to stderr, for errors of the user's. */
  readonly printError: (text: string) => void;
  readonly isTerminal: boolean;
  /** Calls back when the process is asked to read its configuration anew. */
  readonly onReload: (reload: () => void) => void;
  /** Calls back when the process is asked to end, each time. */
  readonly onStop: (stop: (signal: string) => void) => void;
}

export const EXIT = { done: 0, failed: 1, usage: 2 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
