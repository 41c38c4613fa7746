import { closeSync, constants, fstatSync, openSync } from "node:fs";
import { pino, type DestinationStream, type Logger } from "pino";
import { prettyFactory } from "pino-pretty";

export type { Logger } from "pino";

export interface LoggerOptions {
  readonly level: string;
  readonly format: "auto" | "pretty" | "json";
  readonly isTerminal: boolean;
}

/** A logger and the function that closes it. */
export interface Logging {
  readonly logger: Logger;
  /** Writes the lines that wait, for `graceMs` at most; the rest is lost. */
  close(graceMs: number): Promise<void>;
}

const STDERR = 2;
/** Lines that wait to be written beyond this are dropped: serving matters more than logging. */
const MAX_WAITING_BYTES = 1024 * 1024;

/** Logs to stderr. A stderr that is full, stuck or closed loses lines, and never stops the process. */
export function createLogger({ level, format, isTerminal }: LoggerOptions): Logging {
  const descriptor = nonBlockingStderr();
  const destination = pino.destination({
    dest: descriptor,
    sync: false,
    maxLength: MAX_WAITING_BYTES,
    // Without a minimum, its flush does not wait for what is being written.
    minLength: 1,
  });
  // There is no place to report that stderr is gone; the next line is tried again.
  destination.on("error", () => undefined);
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  const isPretty = format === "pretty" || (format === "auto" && isTerminal);
  return {
    logger: pino(options, isPretty ? prettyDestination(destination, isTerminal) : destination),
    async close(graceMs) {
      await new Promise<void>((resolve) => {
        const timer = AbortSignal.timeout(graceMs);
        timer.addEventListener("abort", () => resolve(), { once: true });
        destination.flush(() => resolve());
      });
      // Otherwise it would write the rest at exit, and block if the reader is stuck.
      destination.destroy();
      if (descriptor !== STDERR) closeSync(descriptor);
    },
  };
}

/** Formats each line before it waits to be written, so that the limit on what waits holds. */
function prettyDestination(destination: DestinationStream, colorize: boolean): DestinationStream {
  const format = prettyFactory({ colorize, singleLine: true });
  return { write: (line) => destination.write(format(line)) };
}

/**
 * A descriptor of stderr whose writes never block, where it is a pipe or a terminal: a blocked write would hold a thread, and the process
 * could not end. Files never block, and have to be written at the same offset by all who hold the descriptor.
 */
function nonBlockingStderr(): number {
  const stat = fstatSync(STDERR);
  if (!stat.isFIFO() && !stat.isCharacterDevice()) return STDERR;
  try {
    return openSync("/dev/stderr", constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch {
    // It belongs to another user, or there is no such file.
    return STDERR;
  }
}
