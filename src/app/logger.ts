import { pino, type Logger } from "pino";
import { build as pretty } from "pino-pretty";

export type { Logger } from "pino";

export interface LoggerOptions {
  readonly level: string;
  readonly format: "auto" | "pretty" | "json";
  readonly isTerminal: boolean;
}

const STDERR = 2;
/** What waits to be written when nobody reads; lines beyond are dropped, as serving matters more. */
const MAX_WAITING_BYTES = 1024 * 1024;

/** Logs to stderr. A stderr that is full or closed loses lines, and never stops the process. */
export function createLogger({ level, format, isTerminal }: LoggerOptions): Logger {
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime };
  if (format === "pretty" || (format === "auto" && isTerminal)) {
    return pino(
      options,
      pretty({ destination: STDERR, colorize: isTerminal, sync: true, ignore: "pid,hostname" }),
    );
  }
  const destination = pino.destination({ dest: STDERR, sync: false, maxLength: MAX_WAITING_BYTES });
  // There is nowhere to say that stderr is gone; the next line is tried again.
  destination.on("error", () => undefined);
  return pino(options, destination);
}
